using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>
/// The instruction sets of this machine's processors. ONNX Runtime lays weights out for them, so a model that was prepared on one
/// machine may be slow, or wrong, on another.
/// </summary>
internal static class ProcessorFeatures
{
    /// <summary>Equal on machines for which models are prepared in the same way.</summary>
    public static string Text { get; } = $"{RuntimeInformation.ProcessArchitecture} {Find()}";

    private static string Find()
    {
        if (X86Base.IsSupported)
        {
            // Intel SDM, CPUID. EBX of leaf 1 is left out: it differs from core to core.
            var (model, _, base1, base2) = X86Base.CpuId(1, 0);
            var (_, extended1, extended2, extended3) = X86Base.CpuId(7, 0);
            var (more, _, _, _) = X86Base.CpuId(7, 1);

            // What the operating system saves of the registers, as .NET has found out.
            var usable = $"{Avx.IsSupported}{Avx2.IsSupported}{Avx512F.IsSupported}";
            return string.Create(CultureInfo.InvariantCulture, $"{model:x}-{base1:x}-{base2:x}-{extended1:x}-{extended2:x}-{extended3:x}-{more:x}-{usable}");
        }

        const string processors = "/proc/cpuinfo";
        return File.Exists(processors) && File.ReadLines(processors).FirstOrDefault(static line => line.StartsWith("Features", StringComparison.Ordinal)) is { } features
            ? features.Split(':')[^1].Trim()
            : RuntimeInformation.RuntimeIdentifier;
    }
}
