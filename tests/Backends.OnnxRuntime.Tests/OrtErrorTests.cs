using System.Text;
using Camshaft.Backends.OnnxRuntime.Native;
using Camshaft.Backends.OnnxRuntime.Tests.Gpu;

namespace Camshaft.Backends.OnnxRuntime.Tests;

public sealed class OrtErrorTests
{
    [Theory]
    [InlineData("Non-zero status code returned while running Add node. Available memory of 10 is smaller than requested bytes of 20")]
    [InlineData("Non-zero status code returned while running Conv node. Failed to allocate memory for requested buffer of size 4096")]
    [InlineData("CUDA failure 2: out of memory ; GPU=0 ; hostname=h")]
    [InlineData("CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0")]
    [InlineData("std::bad_alloc")]
    public void Memory_that_is_used_up_is_nobodys_bad_input(string reason)
    {
        Assert.Equal(StatusCode.ResourceExhausted, new OrtError(OrtErrorCode.Fail, reason).RunStatus);
        Assert.Equal(StatusCode.ResourceExhausted, new OrtError(OrtErrorCode.RuntimeException, reason).LoadStatus);
    }

    [Theory]
    [InlineData(" is smaller than requested bytes of ")]
    [InlineData("Failed to allocate memory for requested buffer of size ")]
    public void The_arenas_words_are_those_of_the_library(string text)
    {
        var library = File.ReadAllBytes(Path.Combine(HostGpuBackend.NativeDirectory, OrtLibrary.FileName));

        Assert.NotEqual(-1, library.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)));
    }
}
