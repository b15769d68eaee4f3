using Camshaft.Plugins.CudaModules.Manifest;
using Camshaft.Plugins.CudaModules.Tests.Samples;

namespace Camshaft.Plugins.CudaModules.Tests.Manifest;

public sealed class PtxEntriesTests
{
    [Fact]
    public void The_kernels_of_a_text_are_found_with_the_sizes_of_their_arguments()
    {
        // As the CUDA compiler writes heads.
        const string Text = """
            // .entry not_this(.param .u64 a)
            /* .entry nor_this() */
            .func (.param .b32 r) helper(.param .b32 x) { ret; }
            .visible .entry _Z3addPfS_i(
            	.param .u64 _Z3addPfS_i_param_0,
            	.param .u64 .ptr .global .align 4 _Z3addPfS_i_param_1,
            	.param .u32 _Z3addPfS_i_param_2,
            	.param .align 8 .b8 _Z3addPfS_i_param_3[24]
            )
            .maxntid 256, 1, 1
            {
            	ret;
            }
            .entry bare { ret; }
            .visible .entry nothing() { ret; }
            .visible .entry strange(.param .texref t) { ret; }
            """;
        var entries = PtxEntries.Read(Text);

        Assert.Equal(["_Z3addPfS_i", "bare", "nothing", "strange"], entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([8, 8, 4, 24], entries["_Z3addPfS_i"]!);
        Assert.Empty(entries["bare"]!);
        Assert.Empty(entries["nothing"]!);
        Assert.Null(entries["strange"]);
    }

    [Theory]
    [InlineData("vector_add", "vector_add", 4)]
    [InlineData("sgemm", "sgemm", 6)]
    [InlineData("softmax", "softmax_statistics", 3)]
    [InlineData("softmax", "softmax_normalize", 4)]
    public void The_samples_are_understood(string sample, string kernel, int count) => Assert.Equal(count, PtxEntries.Read(SampleText.Read(sample))[kernel]!.Count);
}
