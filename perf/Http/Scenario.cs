using System.Text;

namespace Camshaft.HttpBenchmark;

/// <summary>A request that is measured: one FP32 input, sent and answered in binary form.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Model">The model.</param>
/// <param name="Input">Its input.</param>
/// <param name="Shape">The input's shape.</param>
internal sealed record Scenario(string Name, string Model, string Input, int[] Shape)
{
    /// <summary>What there is to measure.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("identity-256B", "identity_fp32", "INPUT0", [1, 64]),
        new("identity-600KB", "identity_fp32", "INPUT0", [1, 150_000]),
        new("mnist", "mnist", "Input3", [1, 1, 28, 28]),
    ];

    /// <summary>The path of the call.</summary>
    public string Path => $"/v2/models/{Model}/infer";

    /// <summary>The JSON part of the request.</summary>
    public byte[] Head => Encoding.UTF8.GetBytes(
        $$$"""{"inputs":[{"name":"{{{Input}}}","datatype":"FP32","shape":[{{{string.Join(',', Shape)}}}],"parameters":{"binary_data_size":{{{Tensor.Length}}}}}],"parameters":{"binary_data_output":true}}""");

    /// <summary>The tensor: a ramp, in which every element differs from its neighbours.</summary>
    public byte[] Tensor
    {
        get
        {
            var elements = Enumerable.Range(0, Shape.Aggregate(1, static (count, length) => count * length)).Select(static i => i / 1024f).ToArray();
            var bytes = new byte[elements.Length * sizeof(float)];
            Buffer.BlockCopy(elements, 0, bytes, 0, bytes.Length);
            return bytes;
        }
    }
}
