using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

/// <summary>What a built engine depends on.</summary>
internal sealed record EngineIdentity
{
    /// <summary>The hash of the model and its weights.</summary>
    public required string ModelHash { get; init; }

    /// <summary>The GPU's name.</summary>
    public required string Device { get; init; }

    /// <summary>The driver's version.</summary>
    public required int Driver { get; init; }

    /// <summary>TensorRT's version.</summary>
    public required int TensorRt { get; init; }

    /// <summary>ONNX Runtime's version and build.</summary>
    public required string OnnxRuntime { get; init; }

    /// <summary>The model's options for TensorRT and for its session.</summary>
    public required IReadOnlyList<string> Options { get; init; }

    /// <summary>Names an engine: a name for a directory.</summary>
    public string EngineKey => Hash([ModelHash, .. Machine, .. Options]);

    /// <summary>Names measurements, which hold for every model.</summary>
    public string TimingKey => Hash(Machine);

    private string[] Machine => [Device, $"driver {Format(Driver)}", $"tensorrt {Format(TensorRt)}", OnnxRuntime];

    /// <summary>Lists the options of a model that change its engines.</summary>
    public static IReadOnlyList<string> ListOptions(SessionConfiguration configuration) =>
    [
        $"optimization: {configuration.Optimization}",
        .. configuration.Entries.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(static entry => $"{entry.Key}: {entry.Value}"),
        .. configuration.Providers
            .Where(static setting => setting is { Provider: ProviderKind.TensorRt, Value: not null })
            .OrderBy(static setting => setting.Name, StringComparer.Ordinal)
            .Select(static setting => $"{setting.Name}: {setting.Value}"),
    ];

    private static string Format(int version) => version.ToString(CultureInfo.InvariantCulture);

    // Lengths keep lines apart, whatever is in them.
    private static string Hash(IEnumerable<string> lines) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Select(static line => string.Create(CultureInfo.InvariantCulture, $"{line.Length}:{line}\n"))))));
}
