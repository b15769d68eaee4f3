using Camshaft.Backends.Cuda;
using Camshaft.Testing.Cuda;

namespace Camshaft.Plugins.CudaModules.Tests.Samples;

/// <summary>The simulation notices what is wrong with a kernel: each of these leaves out or changes one line of a sample.</summary>
public sealed class SpoiltSampleTests
{
    [Theory]
    [InlineData("sgemm", 2)]
    [InlineData("softmax", 5)]
    public void A_barrier_that_lacks_is_a_data_race(string sample, int barrierCount)
    {
        var parts = SampleText.Read(sample).Split("bar.sync");
        Assert.Equal(barrierCount + 1, parts.Length);
        for (var missing = 1; missing <= barrierCount; missing++)
        {
            var spoilt = string.Join("bar.sync", parts[..missing]) + "// " + string.Join("bar.sync", parts[missing..]);

            Assert.Contains(Run(sample, spoilt), static failure => failure.Contains("data race in shared memory", StringComparison.Ordinal) || failure.Contains("nothing has written it", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("vector_add", "setp.ge.u32     %p1, %r4, %r5", "setp.gt.u32     %p1, %r4, %r5", "past the end")]
    [InlineData("vector_add", "mul.wide.u32    %rd4, %r4, 4", "mul.wide.u32    %rd4, %r4, 8", "past the end")]
    [InlineData("vector_add", "mul.wide.u32    %rd4, %r4, 4", "mul.wide.u32    %rd4, %r4, 2", "is no multiple of 4")]
    [InlineData("vector_add", "mov.u32         %r2, %ntid.x", "mov.u32         %r2, 128", "data race in global memory")]
    [InlineData("vector_add", "add.rn.f32      %f3, %f1, %f2", "add.rn.f32      %f3, %f1, %f3", "register %f3 is read, and nothing has written it")]
    [InlineData("scale_bias_relu", "rem.u32         %r7, %r4, %r6", "div.u32         %r7, %r4, %r6", "wrong")]
    [InlineData("scale_bias_relu", "setp.lt.f32     %p2", "setp.gt.f32     %p2", "wrong")]
    [InlineData("sgemm", "shl.b32         %r13, %r5, 6", "shl.b32         %r13, %r5, 5", "wrong")]
    [InlineData("sgemm", "setp.lt.u32     %p1, %r7, %r1", "setp.le.u32     %p1, %r7, %r1", "past the end")]
    [InlineData("sgemm", "setp.lt.u32     %p2, %r6, %r2", "setp.le.u32     %p2, %r6, %r2", "past the end")]
    [InlineData("sgemm", "setp.lt.u32     %p4, %r16, %r3", "setp.le.u32     %p4, %r16, %r3", "past the end")]
    [InlineData("sgemm", "setp.lt.u32     %p6, %r18, 16", "setp.lt.u32     %p6, %r18, 17", "in no variable")]
    [InlineData("sgemm", "tile_b[1024]", "tile_b[1020]", "in no variable")]
    [InlineData("sgemm", "mul.wide.u32    %rd4, %r17, %r2", "mul.wide.u32    %rd4, %r17, %r3", "past the end")]
    [InlineData("sgemm", "@%p3 bra        STORE", "@%p1 bra        STORE", "threads wait at this barrier")]
    [InlineData("softmax", "add.u32         %r6, %r6, 256", "add.u32         %r6, %r6, 0", "instructions and has not ended")]
    [InlineData("softmax", "add.u32         %r6, %r6, 256", "add.u32         %r6, %r6, 128", "wrong")]
    [InlineData("softmax", "mov.u32         %r7, 128", "mov.u32         %r7, 64", "wrong")]
    [InlineData("softmax", "max.f32         %f3, %f3, %f4", "min.f32         %f3, %f3, %f4", "wrong")]
    [InlineData("softmax", "0f3FB8AA3B", "0f3F800000", "wrong")]
    [InlineData("softmax", "st.global.f32   [%rd5+4], %f8", "st.global.f32   [%rd5+8], %f8", "Kernel 'softmax_statistics'")]
    [InlineData("softmax", "mov.u32         %r6, %ctaid.x", "mov.u32         %r6, %ctaid.y", "data race in global memory")]
    public void A_line_that_is_wrong_is_found_out(string sample, string line, string spoilt, string reason)
    {
        var text = SampleText.Read(sample);
        Assert.Contains(line, text, StringComparison.Ordinal);

        Assert.Contains(Run(sample, text.Replace(line, spoilt, StringComparison.Ordinal)), failure => failure.Contains(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("vector_add")]
    [InlineData("scale_bias_relu")]
    [InlineData("sgemm")]
    [InlineData("softmax")]
    public void A_sample_as_it_ships_has_nothing_to_be_found_out(string sample) => Assert.Empty(Run(sample, SampleText.Read(sample)));

    // What the simulation reports; "wrong" where it reports nothing and the numbers are not those of the reference.
    private static IReadOnlyList<string> Run(string sample, string text)
    {
        using var bench = new KernelBench(text, seed: 1);
        var isRight = false;
        try
        {
            isRight = sample switch
            {
                "vector_add" => IsVectorAdd(bench),
                "scale_bias_relu" => IsScaleBiasRelu(bench),
                "sgemm" => IsSgemm(bench),
                _ => IsSoftmax(bench),
            };
        }
        catch (CudaException)
        {
            // The device is lost; the simulation has said why.
        }

        var failures = bench.Simulation.TakeFailures();
        return failures.Count > 0 || isRight ? failures : ["wrong"];
    }

    private static bool IsVectorAdd(KernelBench bench)
    {
        var (a, b) = (SampleNumbers.Draw(1000, 1), SampleNumbers.Draw(1000, 2));
        return SampleRun.AddVectors(bench, a, b).SequenceEqual(Reference.AddVectors(a, b));
    }

    private static bool IsScaleBiasRelu(KernelBench bench)
    {
        var (x, scale, bias) = (SampleNumbers.Draw(20 * 20, 1), SampleNumbers.Draw(20, 2), SampleNumbers.Draw(20, 3));
        return SampleRun.ScaleBiasRelu(bench, x, scale, bias).SequenceEqual(Reference.ScaleBiasRelu(x, scale, bias));
    }

    private static bool IsSgemm(KernelBench bench)
    {
        var (a, b) = (SampleNumbers.Draw(18 * 20, 1), SampleNumbers.Draw(20 * 19, 2));
        return SampleRun.Multiply(bench, a, b, 18, 19, 20).SequenceEqual(Reference.Multiply(a, b, 18, 19, 20));
    }

    private static bool IsSoftmax(KernelBench bench)
    {
        var x = SampleNumbers.Draw(3 * 300, 1, 200);
        return SampleRun.Softmax(bench, x, 300).Zip(Reference.Softmax(x, 300)).All(static pair => Math.Abs(pair.First - pair.Second) <= Math.Max(1e-37, pair.Second * 2e-5));
    }
}
