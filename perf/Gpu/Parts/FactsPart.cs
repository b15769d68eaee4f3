using System.Globalization;
using System.Runtime.InteropServices;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary>What the figures were measured on.</summary>
internal sealed class FactsPart : IPart
{
    /// <inheritdoc/>
    public string Name => "facts";

    /// <inheritdoc/>
    public PartReport Run(Workbench workbench)
    {
        var info = workbench.Info;
        var table = new FigureTable("fact", "value");
        table.Add("date", DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        table.Add("GPU", $"{info.Name}, {info.PciBusId}");
        table.Add("memory", $"{info.MemoryByteSize >> 20} MiB, {workbench.Context.FreeByteSize >> 20} MiB of it free");
        table.Add("multiprocessors", $"{info.MultiprocessorCount}, compute capability {info.ComputeCapability}");
        table.Add("copy engines", info.CopyEngineCount);
        table.Add("driver", $"CUDA {workbench.Driver.Version}");
        table.Add("green contexts", workbench.Driver.HasGreenContexts ? "yes" : "no");
        table.Add("system", $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}");
        return new PartReport("Driver and device", table);
    }
}
