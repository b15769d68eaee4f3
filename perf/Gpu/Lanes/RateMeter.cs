using System.Diagnostics;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>Watches busy models.</summary>
internal static class RateMeter
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(1);

    /// <summary>Counts batches over a while that begins when each model is under way.</summary>
    /// <returns>The batches per second of each.</returns>
    /// <exception cref="TimeoutException">The part's time was over before.</exception>
    public static double[] Measure(Workbench workbench, params BusyModel[] models)
    {
        var sizes = workbench.Sizes;
        WaitFor(workbench.Limit, () => models.All(model => model.BatchCount >= sizes.LeastBatches));
        var before = Array.ConvertAll(models, static model => model.BatchCount);
        var start = Stopwatch.GetTimestamp();
        WaitFor(workbench.Limit, () => Stopwatch.GetElapsedTime(start) >= sizes.Duration && models.Zip(before).All(pair => pair.First.BatchCount - pair.Second >= sizes.LeastBatches));
        var after = Array.ConvertAll(models, static model => model.BatchCount);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return [.. after.Zip(before, (now, then) => (now - then) / seconds)];
    }

    private static void WaitFor(TimeLimit limit, Func<bool> isSo)
    {
        while (!isSo())
        {
            limit.ThrowIfOver();
            Thread.Sleep(Glance);
        }
    }
}
