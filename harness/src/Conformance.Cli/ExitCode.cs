namespace Conformance.Cli;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCode
{
    public const int AsExpected = 0;
    public const int NotAsExpected = 1;
    public const int Usage = 2;
    public const int Finding = 3;
    public const int Interrupted = 130;
}

/// <summary>Ends the command with a message for the user and an exit code; never a stack trace.</summary>
internal sealed class CliException(string message, int code = ExitCode.Usage) : Exception(message)
{
    public int Code { get; } = code;
}
