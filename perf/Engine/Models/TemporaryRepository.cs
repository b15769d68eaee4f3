namespace Camshaft.EngineBenchmark.Models;

/// <summary>A model repository with copies of real models and configurations of one's choice; it goes with its directory.</summary>
/// <param name="source">The repository to copy from.</param>
/// <param name="path">The directory.</param>
internal sealed class TemporaryRepository(string source, string path)
{
    /// <summary>Its directory.</summary>
    public string Path => path;

    /// <summary>Where a model's file lies.</summary>
    public string FindFile(string model) => System.IO.Path.Combine(path, model, "1", "model.onnx");

    /// <summary>Copies a model.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="configuration">Its <c>model.yaml</c>, beyond what the model cannot do without.</param>
    /// <param name="from">The repository to copy it from; null = the real models'.</param>
    public void Add(string model, string configuration = "", string? from = null)
    {
        var file = FindFile(model);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.Copy(System.IO.Path.Combine(from ?? source, model, "1", "model.onnx"), file);
        File.WriteAllText(System.IO.Path.Combine(path, model, "model.yaml"), configuration);
    }
}
