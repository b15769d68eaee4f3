using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Preparation;

/// <summary>Models from the cache: what they answer, and what they are made anew for.</summary>
public sealed class PreparedModelTests : IDisposable
{
    private const string Prepared = "prepared: a load takes";
    private const string FromCache = "loaded from the model cache";
    private const float Tolerance = 1e-5f;

    private readonly TempDirectory _directory = new();
    private readonly CachedBackend _backend;

    public PreparedModelTests() => _backend = new CachedBackend(CachePath);

    public static TheoryData<string> RealModelNames => RealModelTests.AllNames;

    private string CachePath => Path.Combine(_directory.FullPath, "cache");

    public void Dispose()
    {
        _backend.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [MemberData(nameof(RealModelNames))]
    public void Prepared_and_original_answer_alike(string name)
    {
        var inputs = RealModels.Inputs(name);
        using var original = LoadedModel.OfFile(TestData.ModelFile(name));
        var expected = original.Run([.. inputs]);
        using var fresh = _backend.Load(TestData.ModelFile(name));
        using var cached = _backend.Load(TestData.ModelFile(name));

        Assert.Equal((1, 1), (_backend.Count(Prepared), _backend.Count(FromCache)));
        Assert.Empty(_backend.Warnings);
        Assert.All([fresh, cached], model =>
        {
            AssertSameSignature(original.Signature, model.Signature);
            AssertClose(expected, CachedBackend.Run(model, inputs));
        });
    }

    [Fact]
    public void Weights_of_a_prepared_model_are_mapped_and_counted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        var path = WriteModel("model.onnx", 1f);
        _backend.Load(path).Dispose();
        using var model = _backend.Load(path);

        var weights = Path.Combine(Assert.Single(_backend.Entries), "model.onnx.data");
        Assert.Contains(File.ReadLines("/proc/self/maps"), line => line.EndsWith(weights, StringComparison.Ordinal));
        Assert.Equal(new FileInfo(weights).Length, model.Footprint.MappedByteSize);
        Assert.True(model.Footprint.HostByteSize > model.Footprint.MappedByteSize);
    }

    [Fact]
    public void A_second_server_uses_what_the_first_has_prepared()
    {
        var path = WriteModel("model.onnx", 1f);
        _backend.Load(path).Dispose();
        using var second = new CachedBackend(CachePath);
        using var model = second.Load(path);

        Assert.Equal((0, 1), (second.Count(Prepared), second.Count(FromCache)));
    }

    [Fact]
    public void A_model_file_that_has_changed_is_prepared_anew()
    {
        var path = WriteModel("model.onnx", 1f);
        _backend.Load(path).Dispose();
        WriteModel("model.onnx", 2f);
        using var model = _backend.Load(path);

        Assert.Equal(3f, SumModel.Run(model));
        Assert.Equal(2, _backend.Entries.Length);
    }

    [Fact]
    public void Weights_beside_the_model_that_have_changed_are_prepared_anew()
    {
        var path = WriteExternalModel(10f);
        using (var model = _backend.Load(path))
        {
            Assert.Equal(11f, SumModel.Run(model));
        }

        WriteExternalModel(20f);
        using var changed = _backend.Load(path);

        Assert.Equal(21f, SumModel.Run(changed));
        Assert.Equal(2, _backend.Entries.Length);
    }

    [Fact]
    public void A_model_is_read_whole_only_when_its_file_has_changed()
    {
        var path = WriteModel("model.onnx", 1f);
        var settled = DateTime.UtcNow.AddMinutes(-5);
        File.SetLastWriteTimeUtc(path, settled);
        _backend.Load(path).Dispose();

        // The same length, inode and time: by all that is looked at, the same file.
        using (var file = File.OpenWrite(path))
        {
            file.Write(SumModel.Create(2f).Build());
        }

        File.SetLastWriteTimeUtc(path, settled);
        using var unchanged = _backend.Load(path);
        Assert.Equal(2f, SumModel.Run(unchanged));

        File.SetLastWriteTimeUtc(path, settled.AddSeconds(1));
        using var changed = _backend.Load(path);
        Assert.Equal(3f, SumModel.Run(changed));
    }

    [Fact]
    public void Equal_models_in_different_places_share_an_entry()
    {
        using var first = _backend.Load(WriteModel("a/model.onnx", 1f));
        using var second = _backend.Load(WriteModel("b/model.onnx", 1f));

        Assert.Single(_backend.Entries);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Initialisers_that_the_configuration_lists_can_be_given(bool prepared)
    {
        // y = x + a + b, where both a and b are inputs with a value.
        var path = _directory.Write("model.onnx", new OnnxModelBuilder()
            .Input("x", DataType.Float32, "1")
            .Input("a", DataType.Float32, "1")
            .Input("b", DataType.Float32, "1")
            .Output("y", DataType.Float32, "1")
            .Initializer("a", TestTensor.Of([1], 10f))
            .Initializer("b", TestTensor.Of([1], 100f))
            .Node("Add", ["x", "a"], ["xa"])
            .Node("Add", ["xa", "b"], ["y"])
            .Build());
        var source = new ModelSource { ModelName = "m", Version = 1, FilePath = path, ListedInputs = ["x", "a"] };
        using var model = prepared ? _backend.Load(source) : Plugin.Loaded.Backend.Load(source, new TestDevice(), TestContext.Current.CancellationToken);

        Assert.Equal(prepared ? 1 : 0, _backend.Count("1 initialisers that are also inputs are constants now"));
        Assert.Equal([("x", false), ("a", true)], model.Signature.Inputs.Select(static input => (input.Name, input.IsOptional)));
        Assert.Equal(111f, CachedBackend.Run(model, [TestTensor.Of([1], 1f), null])["y"].Values<float>()[0]);
        Assert.Equal(103f, CachedBackend.Run(model, [TestTensor.Of([1], 1f), TestTensor.Of([1], 2f)])["y"].Values<float>()[0]);
    }

    [Fact]
    public void Options_that_change_the_graph_have_entries_of_their_own()
    {
        var path = WriteModel("model.onnx", 1f);
        _backend.Load(path).Dispose();
        _backend.Load(path, ("optimization_level", "basic")).Dispose();
        _backend.Load(path, ("session.disable_quant_qdq", "1")).Dispose();
        _backend.Load(path, ("enable_mem_pattern", "false")).Dispose();

        Assert.Equal(3, _backend.Entries.Length);
    }

    [Fact]
    public void A_model_that_says_how_it_is_saved_is_left_alone()
    {
        var own = Path.Combine(_directory.FullPath, "own.onnx");
        _backend.Load(WriteModel("model.onnx", 1f), ("session.optimized_model_filepath", own)).Dispose();

        Assert.Empty(_backend.Entries);
        Assert.Empty(_backend.Warnings);
    }

    [Fact]
    public void What_is_no_model_is_refused_as_without_a_cache()
    {
        var path = _directory.Write("model.onnx", "not a model"u8);
        var refusal = Assert.Throws<BackendException>(() => _backend.Load(path));

        Assert.StartsWith($"Model 'm' version 3: ONNX Runtime cannot load '{path}': ", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_backend.Entries);
        Assert.Empty(_backend.Leftovers);
    }

    [Fact]
    public void Weights_outside_of_the_models_directory_are_not_read()
    {
        var outside = _directory.Write("weights.bin", TestTensor.Of([1], 1f).Data);
        var path = _directory.Write("model/model.onnx", ExternalModel(1, "../weights.bin").Build());

        Assert.Throws<BackendException>(() => _backend.Load(path));
        Assert.True(File.Exists(outside));
        Assert.Empty(_backend.Entries);
    }

    [Fact]
    public void Nothing_is_written_beside_the_model()
    {
        var path = WriteModel("model/model.onnx", 1f);
        _backend.Load(path).Dispose();

        Assert.Equal([path], Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
        Assert.Empty(_backend.Leftovers);
    }

    private static OnnxModelBuilder ExternalModel(int length, string fileName) => new OnnxModelBuilder()
        .Input("x", DataType.Float32, "1")
        .Output("y", DataType.Float32, $"{length}")
        .ExternalInitializer("w", DataType.Float32, new Shape(length), fileName)
        .Node("Add", ["x", "w"], ["y"]);

    private static void AssertSameSignature(ModelSignature expected, ModelSignature actual)
    {
        Assert.Equal(expected.Inputs.Select(Describe), actual.Inputs.Select(Describe));
        Assert.Equal(expected.Outputs.Select(Describe), actual.Outputs.Select(Describe));

        static string Describe(TensorSpec tensor) => $"{tensor.Name} {tensor.DataType} {tensor.Shape} [{string.Join(",", tensor.Symbols)}] {tensor.BatchAxis}";
    }

    private static void AssertClose(IReadOnlyDictionary<string, TestTensor> expected, IReadOnlyDictionary<string, TestTensor> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, pair => Assert.All(
            pair.Value.Values<float>().ToArray().Zip(actual[pair.Key].Values<float>().ToArray()),
            values => Assert.Equal(values.First, values.Second, Tolerance * Math.Max(1, Math.Abs(values.First)))));
    }

    private string WriteModel(string path, float weight) => _directory.Write(path, SumModel.Create(weight).Build());

    private string WriteExternalModel(float weight)
    {
        _directory.Write("weights.bin", TestTensor.Of([1000], [.. Enumerable.Repeat(weight, 1000)]).Data);
        return _directory.Write("model.onnx", ExternalModel(1000, "weights.bin").Build());
    }
}
