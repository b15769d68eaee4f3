using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Preparation;

/// <summary>What becomes of entries that are not what was written, and of a cache that cannot be used.</summary>
public sealed class DamagedEntryTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _directory = new();
    private readonly CachedBackend _backend;
    private readonly string _model;

    public DamagedEntryTests()
    {
        _backend = new CachedBackend(Path.Combine(_directory.FullPath, "cache"));
        _model = _directory.Write("model.onnx", SumModel.Create(1f).Build());
        _backend.Load(_model).Dispose();
    }

    private string Entry => Assert.Single(_backend.Entries);

    private string Weights => Path.Combine(Entry, "model.onnx.data");

    private string Manifest => Path.Combine(Entry, "entry.json");

    public void Dispose()
    {
        _backend.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("model.onnx.data")]
    [InlineData("model.onnx")]
    [InlineData("entry.json")]
    public void A_file_that_is_cut_short_is_made_anew(string fileName)
    {
        Change(Path.Combine(Entry, fileName), static file => file.SetLength(file.Length - 1));

        AssertMadeAnew();
    }

    [Theory]
    [InlineData("model.onnx.data")]
    [InlineData("model.onnx")]
    [InlineData("entry.json")]
    public void A_file_that_is_missing_is_made_anew(string fileName)
    {
        File.Delete(Path.Combine(Entry, fileName));

        AssertMadeAnew();
    }

    [Fact]
    public void A_model_file_that_cannot_be_read_any_more_is_made_anew()
    {
        Change(Path.Combine(Entry, "model.onnx"), static file => file.Write(new byte[file.Length]));

        AssertMadeAnew();
    }

    [Fact]
    public async Task A_byte_that_has_changed_is_found_in_the_background_and_the_model_repaired()
    {
        FlipFirstWeight();
        using var timeout = new CancellationTokenSource(Patience);
        using (var damaged = _backend.Load(_model))
        using (var instance = damaged.CreateInstance(new TestDevice().CreateLane(0)))
        {
            await _backend.Log.WaitForAsync("from now on it runs on a new one", timeout.Token);

            using var execution = new TestExecution(damaged.Signature, [TestTensor.Of([1], 1f)]);
            execution.Run(instance);
            Assert.Equal(2f, execution.ReadOutputs()["y"].Values<float>()[0]);
            Assert.Equal(2f, SumModel.Run(damaged));
        }

        Assert.Contains(_backend.Warnings, static warning => warning.Contains("'model.onnx.data' is not what was written", StringComparison.Ordinal));
        using var server = new CachedBackend(_backend.CacheDirectory);
        using var model = server.Load(_model);
        Assert.Equal(2f, SumModel.Run(model));
        Assert.Empty(server.Warnings);
    }

    [Fact]
    public async Task A_damaged_model_with_threads_of_its_own_says_that_it_must_be_loaded_again()
    {
        FlipFirstWeight();
        using var timeout = new CancellationTokenSource(Patience);
        using var damaged = _backend.Load(new ModelSource { ModelName = "m", Version = 3, FilePath = _model, ThreadsPerRun = 2 });
        await _backend.Log.WaitForAsync("load it again", timeout.Token);

        Assert.Empty(_backend.Entries);
    }

    [Fact]
    public async Task An_entry_in_order_is_found_in_order()
    {
        using var model = _backend.Load(_model);
        using var timeout = new CancellationTokenSource(Patience);
        await _backend.Log.WaitForAsync("is verified", timeout.Token);

        Assert.Single(_backend.Entries);
        Assert.Empty(_backend.Warnings);
    }

    [Fact]
    public void An_entry_of_a_newer_version_is_not_touched()
    {
        const string newer = """{ "format": 1000000, "layout": "nobody knows" }""";
        File.WriteAllText(Manifest, newer);
        using var model = _backend.Load(_model);

        Assert.Equal(2f, SumModel.Run(model));
        Assert.Equal(0, model.Footprint.MappedByteSize);
        Assert.Equal(newer, File.ReadAllText(Manifest));
        Assert.Contains("a newer version has prepared it", Assert.Single(_backend.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_of_other_versions_stay_beside_ours()
    {
        var other = Path.Combine(_backend.CacheDirectory, "entries", "of-another-kind");
        Directory.CreateDirectory(other);
        File.WriteAllText(Path.Combine(other, "what.ever"), "content");
        File.WriteAllText(Path.Combine(_backend.CacheDirectory, "of-another-kind"), "content");
        using var second = new CachedBackend(_backend.CacheDirectory);
        using var model = second.Load(_model);

        Assert.Equal(1, second.Count("loaded from the model cache"));
        Assert.True(File.Exists(Path.Combine(other, "what.ever")));
        Assert.Empty(second.Warnings);
    }

    [Fact]
    public void Remembered_hashes_that_cannot_be_read_are_computed_anew()
    {
        File.SetLastWriteTimeUtc(_model, DateTime.UtcNow.AddMinutes(-5));
        _backend.Load(_model).Dispose();
        var remembered = Assert.Single(Directory.GetFiles(Path.Combine(_backend.CacheDirectory, "hashes")));
        File.WriteAllText(remembered, "{ \"hash\": ");
        using var model = _backend.Load(_model);

        Assert.Equal(2f, SumModel.Run(model));
        Assert.Single(_backend.Entries);
        Assert.Empty(_backend.Warnings);
    }

    [Fact]
    public void A_loaded_model_outlives_its_entry()
    {
        using var model = _backend.Load(_model);
        Directory.Delete(Entry, recursive: true);

        Assert.Equal(2f, SumModel.Run(model));
    }

    private void FlipFirstWeight() => Change(Weights, static file =>
    {
        // The highest bit is the sign's.
        file.Position = sizeof(float) - 1;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 0x80));
    });

    private static void Change(string path, Action<FileStream> change)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        change(file);
    }

    private void AssertMadeAnew()
    {
        using (var model = _backend.Load(_model))
        {
            Assert.Equal(2f, SumModel.Run(model));
        }

        Assert.Equal(2, _backend.Count("prepared: a load takes"));
        Assert.Contains("it is removed and made again", Assert.Single(_backend.Warnings), StringComparison.Ordinal);
        Assert.Empty(_backend.Leftovers);

        // And is in order from then on.
        using var again = _backend.Load(_model);
        Assert.Equal(1, _backend.Count("loaded from the model cache"));
        Assert.True(again.Footprint.MappedByteSize > 0);
    }
}
