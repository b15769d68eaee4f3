using System.Diagnostics;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>Watches busy models.</summary>
internal static class RateMeter
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(1);

    /// <summary>Counts batches over a while that begins when each model is under way.</summary>
    /// <returns>The batches per second of each.</returns>
    public static double[] Measure(BenchmarkSizes sizes, params BusyModel[] models)
    {
        WaitFor(() => models.All(model => model.BatchCount >= sizes.LeastBatches));
        var before = Array.ConvertAll(models, static model => model.BatchCount);
        var start = Stopwatch.GetTimestamp();
        WaitFor(() => Stopwatch.GetElapsedTime(start) >= sizes.Duration && models.Zip(before).All(pair => pair.First.BatchCount - pair.Second >= sizes.LeastBatches));
        var after = Array.ConvertAll(models, static model => model.BatchCount);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return [.. after.Zip(before, (now, then) => (now - then) / seconds)];
    }

    private static void WaitFor(Func<bool> isSo)
    {
        while (!isSo())
        {
            Thread.Sleep(Glance);
        }
    }
}
