using System.Globalization;

namespace Camshaft.Server.Tests.Stress;

/// <summary>What this process takes of the system, at rest.</summary>
/// <param name="ThreadCount">Its threads.</param>
/// <param name="AnonymousByteSize">Its memory that is no file's, garbage not counted.</param>
internal sealed record ProcessGauge(int ThreadCount, long AnonymousByteSize)
{
    public static ProcessGauge Read()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var status = File.ReadLines("/proc/self/status").Select(static line => line.Split(':', 2)).ToDictionary(static pair => pair[0], static pair => pair[1].Trim());
        return new ProcessGauge(
            int.Parse(status["Threads"], CultureInfo.InvariantCulture),
            long.Parse(status["RssAnon"].Split(' ')[0], CultureInfo.InvariantCulture) << 10);
    }

    public override string ToString() => $"{AnonymousByteSize >> 20} MiB in {ThreadCount} threads";
}
