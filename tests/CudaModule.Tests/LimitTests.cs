using Camshaft.Backends;
using Camshaft.Engine.Models;

namespace Camshaft.Plugins.CudaModules.Tests;

/// <summary>
/// Lengths that make a launch impossible are an error of their request: each model copies two numbers, and cannot copy four.
/// </summary>
public sealed class LimitTests
{
    // A block copies a number, by its first thread.
    private const string Ptx = """
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry copy(.param .u64 a, .param .u64 c, .param .u32 n)
            .maxntid 512
        {
            .reg .pred %p<2>; .reg .b32 %r<3>; .reg .b64 %rd<5>; .reg .f32 %f<2>;
            .shared .align 4 .b8 unused[16];
            mov.u32 %r1, %tid.x;
            setp.ne.u32 %p1, %r1, 0;
            @%p1 ret;
            mov.u32 %r2, %ctaid.x;
            mul.wide.u32 %rd1, %r2, 4;
            ld.param.u64 %rd2, [a];
            ld.param.u64 %rd3, [c];
            add.u64 %rd2, %rd2, %rd1;
            add.u64 %rd3, %rd3, %rd1;
            ld.global.f32 %f1, [%rd2];
            st.global.f32 [%rd3], %f1;
            ret;
        }
        """;

    [Theory]
    [InlineData("grid: [\"n + (n - 2) * 2000000000\"]", "kernel 'copy': its grid's x, 'n + (n - 2) * 2000000000' is 4000000004; expected 1 to 2147483647")]
    [InlineData("grid: [n, \"1 + (n - 2) * 32768\"]", "kernel 'copy': its grid's y, '1 + (n - 2) * 32768' is 65537; expected 1 to 65535")]
    [InlineData("grid: [n, 1, \"3 - n\"]", "kernel 'copy': its grid's z, '3 - n' is -1; expected 1 to 65535")]
    [InlineData("grid: [\"n + n % (4 - n)\"]", "kernel 'copy': 'n + n % (4 - n)' divides by zero")]
    [InlineData("block: [\"1 + (n - 2) * 1000\"]", "kernel 'copy': its block's x, '1 + (n - 2) * 1000' is 2001; expected 1 to 1024")]
    [InlineData("block: [\"1 + (n - 2) * 300\"]", "kernel 'copy': its block has 601 threads; expected at most 512")]
    [InlineData("block: [1, 1, \"1 + (n - 2) * 50\"]", "kernel 'copy': its block's z, '1 + (n - 2) * 50' is 101; expected 1 to 64")]
    [InlineData("shared: (n - 2) * 116220", "kernel 'copy': its shared memory, '(n - 2) * 116220', is 232440 bytes beside 16 that it declares; expected 0 to 232432")]
    [InlineData("arguments: [A, C, u32 2 - n]", "kernel 'copy': its argument 'u32 2 - n' is -2, which does not fit that type")]
    [InlineData("arguments: [A, C, i32 (n - 2) * 2000000000]", "kernel 'copy': its argument 'i32 (n - 2) * 2000000000' is 4000000000, which does not fit that type")]
    [InlineData("scratch: 2 - n", "scratch 'S': '2 - n' is negative")]
    [InlineData("scratch: (n - 2) * 9223372036854775807", "scratch 'S': '(n - 2) * 9223372036854775807' has a value that does not fit 64 bits")]
    [InlineData("extra: 2 - n", "output 'D': '2 - n' is negative")]
    [InlineData("extra: (n - 2) * 9223372036854775807", "output 'D': '(n - 2) * 9223372036854775807' has a value that does not fit 64 bits")]
    [InlineData("extra: (n - 2) * 1000000000", "output 'D' would have shape [2000000000]; a tensor has at most 2147483647 bytes")]
    public async Task Lengths_that_no_launch_can_have_are_an_error_of_the_request(string setting, string reason)
    {
        await using var gpu = await StartAsync(setting);
        var (status, _) = await gpu.InferAsync("copy", ([4], [1, 2, 3, 4]));

        Assert.Equal(StatusCode.InvalidArgument, status.Code);
        Assert.StartsWith("Model 'copy' version 1: ", status.Message, StringComparison.Ordinal);
        Assert.Contains(reason, status.Message, StringComparison.Ordinal);
        await AssertServesAsync(gpu);
    }

    [Theory]
    [InlineData("block: [513]", "kernel 'copy' of", "its block has 513 threads; expected at most 512")]
    [InlineData("shared: 232440", "kernel 'copy' of", "is 232440 bytes beside 16 that it declares; expected 0 to 232432")]
    public async Task What_no_lengths_can_make_right_fails_the_load(string setting, string kernel, string reason)
    {
        await using var gpu = new GpuEngine();
        Write(gpu, setting);
        await gpu.StartAsync();

        Assert.Equal(ModelState.Failed, gpu.Get("copy").State);
        Assert.Contains(kernel, gpu.Get("copy").Reason, StringComparison.Ordinal);
        Assert.Contains(reason, gpu.Get("copy").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("49136")]
    [InlineData("49137")]
    [InlineData("232432")]
    [InlineData("n * 100000")]
    public async Task More_shared_memory_than_is_usual_is_asked_for(string bytes)
    {
        await using var gpu = await StartAsync("shared: " + bytes);

        await AssertServesAsync(gpu);
    }

    private static async Task<GpuEngine> StartAsync(string setting)
    {
        var gpu = new GpuEngine();
        Write(gpu, setting);
        await gpu.StartAsync();
        Assert.Null(gpu.Get("copy").Reason);
        return gpu;
    }

    private static async Task AssertServesAsync(GpuEngine gpu)
    {
        var (status, copy) = await gpu.InferAsync("copy", ([2], [1, 2]));

        Assert.True(status.IsOk, status.Message);
        Assert.Equal([1, 2], copy);
    }

    private static void Write(GpuEngine gpu, string setting)
    {
        string Get(string key, string otherwise) => setting.StartsWith(key + ": ", StringComparison.Ordinal) ? setting[(key.Length + 2)..] : otherwise;
        gpu.Write("copy/model.yaml", "backend: cuda_module\ndevice: cuda\nwarm_up: none\n");
        gpu.Write("copy/1/module.ptx", Ptx);
        gpu.Write("copy/1/module.yaml", $$"""
            inputs: [{ name: A, datatype: FP32, shape: [n] }]
            outputs: [{ name: C, datatype: FP32, shape: [n] }, { name: D, datatype: FP32, shape: ["{{Get("extra", "0")}}"] }]
            scratch: [{ name: S, bytes: "{{Get("scratch", "8")}}" }]
            kernels:
              - name: copy
                grid: {{Get("grid", "[n]")}}
                block: {{Get("block", "[1]")}}
                shared: {{Get("shared", "0")}}
                arguments: {{Get("arguments", "[A, C, u32 n]")}}
            """);
    }
}
