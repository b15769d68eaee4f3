using Camshaft.Backends.OnnxRuntime.Gpu;
using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu;

public sealed class GpuLibrariesTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_first_directory_with_every_file_is_taken()
    {
        _directory.Write("a/one", "1"u8);
        _directory.Write("b/one", "1"u8);
        _directory.Write("b/two", "2"u8);

        Assert.Equal(At("b"), GpuLibraries.Find(null, [At("a"), At("b")], ["one", "two"]));
    }

    [Fact]
    public void A_named_directory_is_the_only_one()
    {
        _directory.Write("a/one", "1"u8);
        _directory.Write("b/one", "1"u8);

        Assert.Equal(At("b"), GpuLibraries.Find(At("b"), [At("a")], ["one"]));
    }

    [Fact]
    public void Files_that_nobody_promised_are_no_failure_and_the_message_says_what_is_missing_where()
    {
        _directory.Write("a/one", "1"u8);
        var refusal = Assert.Throws<BackendException>(() => GpuLibraries.Find(null, [At("a"), At("c")], ["one", "two"]));

        Assert.Equal(StatusCode.Unavailable, refusal.Code);
        Assert.Contains($"'{At("a")}' has no 'two'.", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'backends.onnxRuntimeGpu.nativeDirectory'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_directory_without_the_files_is_a_failure()
    {
        var failure = Assert.Throws<DllNotFoundException>(() => GpuLibraries.Find(At("c"), [], ["one"]));

        Assert.Contains($"says: looked for 'one' in '{At("c")}'.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_without_the_driver_is_no_failure() =>
        Assert.Equal(StatusCode.Unavailable, Assert.Throws<BackendException>(() => GpuLibraries.ThrowIfMissing("/d", ["libcublas.so.13", "libcuda.so.1"])).Code);

    [Fact]
    public void A_machine_with_the_driver_alone_is_told_everything_that_it_lacks()
    {
        var failure = Assert.Throws<DllNotFoundException>(() => GpuLibraries.ThrowIfMissing("/d", ["libcublas.so.13", "libcudart.so.13"]));

        Assert.Contains("'/d' needs 'libcublas.so.13', 'libcudart.so.13'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OnnxRuntime.Cuda", "onnxruntime_providers_cuda")]
    [InlineData("OnnxRuntime.TensorRt", "onnxruntime_providers_tensorrt")]
    public void A_plugin_without_libraries_looks_in_the_one_place_and_says_so(string name, string library)
    {
        var refusal = Assert.Throws<BackendException>(() => TestPlugin.Load(name));

        Assert.Equal(StatusCode.Unavailable, refusal.Code);
        Assert.Contains(library, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(AppContext.BaseDirectory, "plugins", "OnnxRuntime.Cuda"), refusal.Message, StringComparison.Ordinal);
    }

    private string At(string name) => Path.Combine(_directory.FullPath, name);
}
