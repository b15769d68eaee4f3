using System.Globalization;

namespace Camshaft.Engine.Orchestration.WarmUp;

/// <summary>
/// How long the calling thread could have run and had no processor, where the system tells it; else nothing. A warm-up yields to all
/// others, so on a busy machine what passes during a run says more of them than of the run.
/// </summary>
internal static class ProcessorWait
{
    // Nanoseconds on a processor, nanoseconds in a queue for one, number of turns (Documentation/scheduler/sched-stats.rst).
    private const string Path = "/proc/thread-self/schedstat";

    private static readonly bool IsKnown = OperatingSystem.IsLinux() && File.Exists(Path);

    /// <summary>Its present value; only differences mean anything.</summary>
    public static TimeSpan Now
    {
        get
        {
            if (!IsKnown)
            {
                return default;
            }

            var fields = File.ReadAllText(Path).Split(' ');
            return fields.Length > 1 && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var nanoseconds)
                ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick)
                : default;
        }
    }
}
