using Camshaft.Samples;
using Camshaft.Samples.Digits;
using Camshaft.Samples.Perf;
using Camshaft.Testing;

namespace Camshaft.Plugins.Sample.Tests;

/// <summary>The committed files are what the generator makes.</summary>
public sealed class SampleModelsTests
{
    private const string Trained = "digits/";

    [Fact]
    public void Generating_the_samples_again_gives_the_files_that_are_there() =>
        AssertSame(SampleModels.CreateFiles(), Read("samples/models").Where(static file => !file.Key.StartsWith(Trained, StringComparison.Ordinal)));

    [Fact]
    public void Generating_the_example_inputs_again_gives_the_files_that_are_there() => AssertSame(DigitInputs.CreateFiles(), Read("samples/inputs"));

    [Fact]
    public void Generating_the_models_for_measurements_again_gives_the_files_that_are_there() => AssertSame(PerfModels.CreateFiles(), Read("perf/models"));

    [Fact]
    public void Training_digits_again_gives_files_that_differ_in_their_weights_alone()
    {
        var there = Read("samples/models").Where(static file => file.Key.StartsWith(Trained, StringComparison.Ordinal)).ToDictionary();
        var made = DigitModel.CreateFiles(new DigitNetwork(new SeededRandom(0)));

        AssertSame(Without(made, "digits/1/model.onnx"), Without(there, "digits/1/model.onnx"));
        Assert.Equal(made["digits/1/model.onnx"].Length, there["digits/1/model.onnx"].Length);
    }

    [Fact]
    public void No_file_is_larger_than_a_repository_should_hold() =>
        Assert.All(Read("samples/models").Concat(Read("perf/models")), static file => Assert.InRange(file.Value.Length, 0, 1 << 20));

    private static void AssertSame(IEnumerable<KeyValuePair<string, byte[]>> expected, IEnumerable<KeyValuePair<string, byte[]>> actual)
    {
        var (left, right) = (expected.ToDictionary(), actual.ToDictionary());
        Assert.Equal(left.Keys.Order(), right.Keys.Order());
        Assert.All(left, file => Assert.True(file.Value.AsSpan().SequenceEqual(right[file.Key]), $"'{file.Key}' is not what the generator makes."));
    }

    private static Dictionary<string, byte[]> Read(string directory)
    {
        var root = Path.Combine(TestData.RepositoryRoot, directory);
        return Directory.GetFiles(root, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(root, path).Replace('\\', '/'), File.ReadAllBytes);
    }

    private static IEnumerable<KeyValuePair<string, byte[]>> Without(IEnumerable<KeyValuePair<string, byte[]>> files, string name) => files.Where(file => file.Key != name);
}
