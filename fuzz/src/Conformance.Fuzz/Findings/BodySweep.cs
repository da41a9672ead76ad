using System.Collections.Immutable;
using Conformance.Fuzz.Editing;
using Conformance.Fuzz.Generating;
using Wasm.Syntax;

namespace Conformance.Fuzz.Findings;

/// <summary>
/// One go through the bodies of the best case, from whole ones to single instructions: what was refused as a whole is gone through in its parts. Edits of one level
/// are tried all at once, then by halves, so that what does not matter goes quickly.
/// </summary>
internal sealed class BodySweep
{
    private sealed record Place(int Module, int Body, EditNode Node);

    private readonly Reducer _reducer;
    private readonly FuzzCase _base;
    private readonly ImmutableArray<CodeBody>[] _bodies;
    private readonly Dictionary<(int Module, int Body), List<(Run Run, ImmutableArray<Instr> With)>> _done = [];

    /// <param name="reducer">Whose best case is made smaller.</param>
    public BodySweep(Reducer reducer)
    {
        (_reducer, _base) = (reducer, reducer.Best);
        _bodies = [.. _base.Modules.Select(m => m.Syntax is { } module ? CodeBody.Of(module) : [])];
    }

    /// <param name="levels">How far into the bodies to go.</param>
    public void Run(int levels)
    {
        var places = Roots();
        for (int level = 0; level < levels && places.Count > 0 && !_reducer.IsTimeUp; level++)
        {
            var refused = new List<Place>();
            // The last ones first: what follows what shows is never needed.
            places.Reverse();
            Together(places, refused);
            var inner = new List<Place>();
            foreach (var place in refused)
            {
                if (place.Node.Instead.Skip(1).Any(with => Try([(place, with)]))) continue;
                foreach (var node in place.Node.Inner) inner.Add(place with { Node = node });
            }
            places = inner;
        }
    }

    private List<Place> Roots()
    {
        var roots = new List<Place>();
        var seen = _reducer.Seen(_base);
        for (int m = 0; m < _base.Modules.Length; m++)
        {
            if (_base.Modules[m].Syntax is not { } module) continue;
            var view = new ModuleView(module);
            for (int b = 0; b < _bodies[m].Length; b++)
                foreach (var node in EditTree.Of(_bodies[m][b], view, at => seen?.Seen(m, b, at) ?? [])) roots.Add(new(m, b, node));
        }
        return roots;
    }

    private void Together(List<Place> places, List<Place> refused)
    {
        if (places.Count == 0 || _reducer.IsTimeUp) return;
        if (Try([.. places.Select(p => (p, p.Node.Instead[0]))])) return;
        if (places.Count == 1)
        {
            refused.Add(places[0]);
            return;
        }
        int half = places.Count / 2;
        Together(places[..half], refused);
        Together(places[half..], refused);
    }

    /// <summary>Tries edits on top of those that are done.</summary>
    private bool Try(ImmutableArray<(Place Place, ImmutableArray<Instr> With)> edits)
    {
        var modules = _reducer.Best.Modules;
        foreach (var changed in edits.GroupBy(e => e.Place.Module))
        {
            var module = modules[changed.Key].Syntax!;
            foreach (var body in changed.GroupBy(e => e.Place.Body))
            {
                var splices = _done.GetValueOrDefault((changed.Key, body.Key), []).Concat(body.Select(e => (e.Place.Node.Run, e.With)));
                var code = _bodies[changed.Key][body.Key];
                module = code.With(module, new Expr(Spliced(code.Expr.Instrs, splices)));
            }
            modules = modules.SetItem(changed.Key, new FuzzModule(module));
        }
        if (!_reducer.Try(_reducer.Best with { Modules = modules })) return false;
        foreach (var (place, with) in edits)
        {
            if (!_done.TryGetValue((place.Module, place.Body), out var splices)) _done[(place.Module, place.Body)] = splices = [];
            splices.Add((place.Node.Run, with));
        }
        return true;
    }

    private static ImmutableArray<Instr> Spliced(ImmutableArray<Instr> body, IEnumerable<(Run Run, ImmutableArray<Instr> With)> splices)
    {
        var spliced = ImmutableArray.CreateBuilder<Instr>(body.Length);
        int at = 0;
        foreach (var (run, with) in splices.OrderBy(s => s.Run.From))
        {
            spliced.AddRange(body.AsSpan()[at..run.From]);
            spliced.AddRange(with);
            at = run.To;
        }
        spliced.AddRange(body.AsSpan()[at..]);
        return spliced.ToImmutable();
    }
}
