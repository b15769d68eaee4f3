using System.Runtime.InteropServices;
using Camshaft.Engine.Telemetry.Snapshots;
using Camshaft.LiveConsole.Views;

namespace Camshaft.LiveConsole.Sampling;

/// <summary>
/// Follows what runs on lanes, while somebody looks. Runs of one model with hardly a gap between them become one, since no
/// screen shows more. Guarded by the observatory's lock.
/// </summary>
internal sealed class LaneTrack(EngineTelemetry telemetry)
{
    // Of a second; a screen is some thousand points wide and has some ten lanes.
    private const int MostRuns = 4000;

    // What lies closer together is drawn as one: less than a point of a screen that shows ten seconds.
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestJoin = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(12);

    private readonly List<CompletedRun> _read = [];
    private readonly Queue<RunView> _recent = [];
    private RunPosition? _position;

    /// <summary>What ended since the last sample.</summary>
    public IReadOnlyList<RunView> Runs { get; private set; } = [];

    /// <summary>How many of them are left out because there were too many.</summary>
    public int LeftOut { get; private set; }

    /// <summary>What is remembered of the last seconds.</summary>
    public IReadOnlyList<RunView> Recent => [.. _recent];

    /// <summary>Reads what ended since.</summary>
    public void Sample(DateTimeOffset now)
    {
        _read.Clear();
        _position = telemetry.ReadRuns(_position, _read);
        var joined = Join();
        LeftOut = Math.Max(0, joined.Count - MostRuns);
        Runs = LeftOut > 0 ? joined[LeftOut..] : joined;
        var oldest = Figures.ToUnixSeconds(now - Memory);
        foreach (var run in Runs)
        {
            _recent.Enqueue(run);
        }

        while (_recent.Count > 0 && _recent.Peek().End < oldest)
        {
            _recent.Dequeue();
        }
    }

    /// <summary>Forgets the last seconds, since nobody looks: what is old by the next look would be shown as if nothing had run in between.</summary>
    public void Forget()
    {
        _recent.Clear();
        Runs = [];
    }

    private List<RunView> Join()
    {
        var runs = new List<RunView>();
        var last = new Dictionary<(string Device, string Lane), int>();
        foreach (ref readonly var run in CollectionsMarshal.AsSpan(_read))
        {
            var view = Describe(run);
            if (last.TryGetValue((view.Device, view.Lane), out var i) && CanJoin(runs[i], view))
            {
                var before = runs[i];
                runs[i] = before with { End = Math.Max(before.End, view.End), Busy = before.Busy + view.Busy, Runs = before.Runs + 1, Rows = before.Rows + view.Rows, Failures = before.Failures + view.Failures };
                continue;
            }

            last[(view.Device, view.Lane)] = runs.Count;
            runs.Add(view);
        }

        return runs;
    }

    private static bool CanJoin(RunView before, RunView next) =>
        before.Model == next.Model && next.Start - before.End < Gap.TotalSeconds && next.End - before.Start < LongestJoin.TotalSeconds;

    private static RunView Describe(in CompletedRun run) => new(
        run.Device,
        run.Lane,
        $"{run.ModelName}/{run.Version}",
        Figures.ToUnixSeconds(run.Started),
        Figures.ToUnixSeconds(run.Ended),
        Math.Round((run.Ended - run.Started).TotalSeconds, 6),
        1,
        run.Rows,
        run.Succeeded ? 0 : 1);
}
