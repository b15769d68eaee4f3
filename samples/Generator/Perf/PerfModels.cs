using System.Text;

namespace Camshaft.Samples.Perf;

/// <summary>Models for measurements: real architectures, small, with weights drawn by lot.</summary>
public static class PerfModels
{
    /// <summary>Every file of <c>perf/models</c>: its path in it and its bytes, the same at each call and on every machine.</summary>
    public static IReadOnlyDictionary<string, byte[]> CreateFiles()
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        Add(files, "cnn", "A residual network of 64x64 images, FP32 [batch, 3, 64, 64] to [batch, 100]; random weights, for measurements.", CnnModel.Create());
        Add(files, "encoder", "A transformer encoder of two layers, INT64 [batch, sequence] up to 256 tokens to FP32 [batch, 96]; random weights, for measurements.", EncoderModel.Create());
        return files;
    }

    private static void Add(SortedDictionary<string, byte[]> files, string name, string description, byte[] model)
    {
        files.Add($"{name}/model.yaml", Encoding.UTF8.GetBytes($"description: {description}\n"));
        files.Add($"{name}/1/model.onnx", model);
    }
}
