using System.Globalization;

namespace Camshaft.Transport.Metrics;

/// <summary>Reads what the machine's processors and memory do out of Linux' <c>/proc</c>. Any thread.</summary>
internal sealed class ProcessorUse
{
    private readonly Lock _gate = new();
    private (double Busy, double All) _before;
    private double _utilization;

    public ProcessorReading Read()
    {
        try
        {
            lock (_gate)
            {
                return OperatingSystem.IsLinux() ? ReadProc() : new ProcessorReading(null, null, null);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return new ProcessorReading(null, null, null);
        }
    }

    private ProcessorReading ReadProc()
    {
        // user nice system idle iowait irq softirq steal, in ticks since the machine started.
        var times = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(static text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var (all, idle) = (times.Sum(), times[3] + times[4]);
        if (all > _before.All)
        {
            _utilization = Math.Clamp((all - idle - _before.Busy) / (all - _before.All), 0, 1);
            _before = (all - idle, all);
        }

        var memory = File.ReadLines("/proc/meminfo").Take(3).ToDictionary(static line => line[..line.IndexOf(':', StringComparison.Ordinal)], ParseKibibytes);
        return new ProcessorReading(_utilization, memory["MemTotal"], memory["MemTotal"] - memory["MemAvailable"]);
    }

    private static double ParseKibibytes(string line) => 1024 * double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
