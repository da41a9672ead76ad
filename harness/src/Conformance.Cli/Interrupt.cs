using System.Runtime.InteropServices;

namespace Conformance.Cli;

/// <summary>Turns the first Ctrl-C, or the first request of the system to end, into a request to stop, so that results are saved; the second one ends the process.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    private readonly PosixSignalRegistration _terminate;

    public Interrupt()
    {
        Console.CancelKeyPress += OnCancel;
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = !_source.IsCancellationRequested;
            _source.Cancel();
        });
    }

    public CancellationToken Token => _source.Token;

    private void OnCancel(object? sender, ConsoleCancelEventArgs e)
    {
        if (_source.IsCancellationRequested) return;
        e.Cancel = true;
        _source.Cancel();
    }

    public void Dispose()
    {
        _terminate.Dispose();
        Console.CancelKeyPress -= OnCancel;
        _source.Dispose();
    }
}
