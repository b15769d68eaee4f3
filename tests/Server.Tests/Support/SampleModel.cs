using Camshaft.Backends;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Support;

/// <summary>The models in the repository's <c>samples/models</c>.</summary>
internal static class SampleModel
{
    /// <summary>The model repository.</summary>
    public static string Repository { get; } = Path.Combine(TestData.RepositoryRoot, "samples", "models");

    /// <summary>What <c>simple</c> is asked in tests: 0 to 15, and as many ones.</summary>
    public static IReadOnlyDictionary<string, TestTensor> SimpleInputs { get; } = new Dictionary<string, TestTensor>
    {
        ["INPUT0"] = TestTensor.Of(DataType.Int32, [1, 16], Enumerable.Range(0, 16).ToArray()),
        ["INPUT1"] = TestTensor.Of(DataType.Int32, [1, 16], Enumerable.Repeat(1, 16).ToArray()),
    };

    /// <summary>What it answers.</summary>
    public static IReadOnlyDictionary<string, TestTensor> SimpleOutputs { get; } = new Dictionary<string, TestTensor>
    {
        ["OUTPUT0"] = TestTensor.Of(DataType.Int32, [1, 16], Enumerable.Range(1, 16).ToArray()),
        ["OUTPUT1"] = TestTensor.Of(DataType.Int32, [1, 16], Enumerable.Range(-1, 16).ToArray()),
    };

    /// <summary>The bytes of a model file.</summary>
    public static byte[] Read(string modelName) => File.ReadAllBytes(Path.Combine(Repository, modelName, "1", "model.onnx"));
}
