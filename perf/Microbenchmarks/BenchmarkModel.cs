namespace Camshaft.Microbenchmarks;

/// <summary>A model that is measured: where it lies, and the one input that it is given.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Directory">The repository that holds it.</param>
/// <param name="Input">The input's name.</param>
/// <param name="Output">The output's name.</param>
/// <param name="Shape">The input's shape, FP32.</param>
/// <param name="OutputShape">The output's shape, FP32.</param>
public sealed record BenchmarkModel(string Name, string Directory, string Input, string Output, long[] Shape, long[] OutputShape)
{
    /// <summary>The root of the sources, by its solution file.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The models: a sample, and the real one of the test data where that is there.</summary>
    public static IEnumerable<BenchmarkModel> All
    {
        get
        {
            yield return new BenchmarkModel("identity_fp32", Path.Combine(Root, "samples", "models"), "INPUT0", "OUTPUT0", [1, 64], [1, 64]);
            var data = Environment.GetEnvironmentVariable("CAMSHAFT_TEST_DATA") ?? Path.Combine(Root, "..", "shared");
            var models = Path.GetFullPath(Path.Combine(data, "models"), Root);
            if (System.IO.Directory.Exists(Path.Combine(models, "mnist")))
            {
                yield return new BenchmarkModel("mnist", models, "Input3", "Plus214_Output_0", [1, 1, 28, 28], [1, 10]);
            }
        }
    }

    /// <summary>The model file.</summary>
    public string FilePath => Path.Combine(Directory, Name, "1", "model.onnx");

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(Environment.CurrentDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Engine.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("Run the benchmarks from a directory of the sources.");
    }
}
