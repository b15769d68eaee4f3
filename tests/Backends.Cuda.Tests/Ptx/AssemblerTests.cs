using Camshaft.Testing.Cuda;
using Camshaft.Testing.Cuda.Ptx;

namespace Camshaft.Backends.Cuda.Tests.Ptx;

/// <summary>Text that NVIDIA's assembler would refuse is refused by the simulation's, with the line.</summary>
public sealed class AssemblerTests
{
    [Theory]
    [InlineData("add.u32 %r1, %r2, %r99;", "Unknown symbol '%r99'")]
    [InlineData("bra NOWHERE;", "Unknown symbol 'NOWHERE'")]
    [InlineData("bra %r1;", "label expected for instruction 'bra'")]
    [InlineData("ld.param.u32 %r1, [nothing];", "Unknown symbol 'nothing'")]
    [InlineData("ld.shared.u32 %r1, [nothing];", "Unknown symbol 'nothing'")]
    [InlineData("mov.u32 %r1, %tid.w;", "Unknown symbol '%tid.w'")]
    [InlineData("frobnicate.u32 %r1, %r2;", "'frobnicate'")]
    [InlineData("add.u32 %r1, %r2;", "Arguments mismatch for instruction 'add'")]
    [InlineData("add.u32 %r1, %r2, %r3, %r4;", "Arguments mismatch for instruction 'add'")]
    [InlineData("add.u32 %rd1, %r2, %r3;", "Arguments mismatch for instruction 'add'")]
    [InlineData("add.u64 %rd1, %rd2, %r3;", "Arguments mismatch for instruction 'add'")]
    [InlineData("add.f32 %f1, %f2, %s1;", "Arguments mismatch for instruction 'add'")]
    [InlineData("add.f32 %f1, %f2, 1;", "Arguments mismatch for instruction 'add'")]
    [InlineData("add.u32 %r1, %r2, 1.0;", "Arguments mismatch for instruction 'add'")]
    [InlineData("add.u32 %r1, %r2, 4294967296;", "Value out of range")]
    [InlineData("add.u32 %r1, %r2, N;", "Arguments mismatch for instruction 'add'")]
    [InlineData("add.u32 %r1, %r2, END;", "Arguments mismatch for instruction 'add'")]
    [InlineData("add.u32 %r1, %tid.x, 1;", "Arguments mismatch for instruction 'add'")]
    [InlineData("add.b32 %r1, %r2, %r3;", "Unexpected instruction types specified for 'add'")]
    [InlineData("add.u8 %r1, %r2, %r3;", "Unexpected instruction types specified for 'add'")]
    [InlineData("add %r1, %r2, %r3;", "Instruction 'add' lacks a type")]
    [InlineData("add.rn.u32 %r1, %r2, %r3;", "Illegal modifier '.rn' for instruction 'add'")]
    [InlineData("add.u32.sat %r1, %r2, %r3;", "Illegal modifier '.sat' for instruction 'add'")]
    [InlineData("mul.u32 %r1, %r2, %r3;", "needs .lo, .hi or .wide")]
    [InlineData("mul.wide.u64 %rd1, %rd2, %rd3;", "Unexpected instruction types specified for 'mul'")]
    [InlineData("mul.wide.u32 %r1, %r2, %r3;", "Arguments mismatch for instruction 'mul'")]
    [InlineData("mad.wide.u32 %rd1, %r2, %r3, %r4;", "Arguments mismatch for instruction 'mad'")]
    [InlineData("fma.f32 %f1, %f2, %f3, %f1;", "Rounding modifier required for instruction 'fma'")]
    [InlineData("div.f32 %f1, %f2, %f3;", "Rounding modifier required for instruction 'div'")]
    [InlineData("div.approx.f64 %fd1, %fd1, %fd1;", "Illegal modifier")]
    [InlineData("ex2.f32 %f1, %f2;", "Rounding modifier required for instruction 'ex2'")]
    [InlineData("ex2.approx.f64 %fd1, %fd1;", "Unexpected instruction types specified for 'ex2'")]
    [InlineData("cvt.f32.u32 %f1, %r1;", "Rounding modifier required for instruction 'cvt'")]
    [InlineData("cvt.rn.u64.u32 %rd1, %r1;", "Illegal modifier '.rn' for instruction 'cvt'")]
    [InlineData("cvt.u64.u32 %r1, %r1;", "Arguments mismatch for instruction 'cvt'")]
    [InlineData("cvta.to.global.u32 %r1, %r2;", "Unexpected instruction types specified for 'cvta'")]
    [InlineData("max.NaN.f32 %f1, %f2, %f3;", "Feature 'max.NaN' requires .target sm_80 or higher")]
    [InlineData("tanh.approx.f32 %f1, %f2;", "Feature 'tanh' requires .target sm_75 or higher")]
    [InlineData("setp.u32 %p1, %r1, %r2;", "Comparison modifier required")]
    [InlineData("setp.lt.b32 %p1, %r1, %r2;", "Unexpected instruction types specified for 'setp'")]
    [InlineData("setp.lo.s32 %p1, %r1, %r2;", "Unexpected instruction types specified for 'setp'")]
    [InlineData("setp.lt.u32 %r3, %r1, %r2;", "Arguments mismatch for instruction 'setp'")]
    [InlineData("selp.f32 %f1, %f2, %f3, %r1;", "Arguments mismatch for instruction 'selp'")]
    [InlineData("and.pred %p1, %p2, %r1;", "Arguments mismatch for instruction 'and'")]
    [InlineData("and.u32 %r1, %r2, %r3;", "Unexpected instruction types specified for 'and'")]
    [InlineData("shl.u32 %r1, %r2, 1;", "Unexpected instruction types specified for 'shl'")]
    [InlineData("shl.b64 %rd1, %rd2, %rd3;", "Arguments mismatch for instruction 'shl'")]
    [InlineData("@%r1 bra END;", "Arguments mismatch for instruction 'bra'")]
    [InlineData("ld.global.f32 %r1, [%s1];", "Arguments mismatch for instruction 'ld'")]
    [InlineData("ld.global.f32 %fd1, [%rd1];", "Arguments mismatch for instruction 'ld'")]
    [InlineData("ld.global.u64 %r1, [%rd1];", "Arguments mismatch for instruction 'ld'")]
    [InlineData("ld.global.v2.f32 {%f1}, [%rd1];", "Arguments mismatch for instruction 'ld'")]
    [InlineData("ld.global.v4.f64 {%fd1, %fd1, %fd1, %fd1}, [%rd1];", "Unexpected instruction types specified for 'ld'")]
    [InlineData("ld.param.u64 %rd1, [N];", "Parameter 'N' of 4 bytes is read outside of its bytes")]
    [InlineData("ld.param.u32 %r1, [N+4];", "Parameter 'N' of 4 bytes is read outside of its bytes")]
    [InlineData("st.param.u32 [N], %r1;", "Illegal modifier '.param' for instruction 'st'")]
    [InlineData("st.shared.u32 [TILE], %rd1, %r1;", "Arguments mismatch for instruction 'st'")]
    [InlineData("bar.sync %r1;", "Barrier number expected")]
    [InlineData("bar.sync 16;", "Barrier number expected")]
    [InlineData("bar.sync;", "Arguments mismatch for instruction 'bar'")]
    [InlineData("ret", "Parsing error near ':': syntax error")]
    [InlineData("add.u32 %r1 %r2, %r3;", "Parsing error near '%r2': syntax error")]
    [InlineData("mov.u32 %r1, 0x;", "Parsing error near '0x': syntax error")]
    [InlineData("mov.f32 %f1, 0f123;", "Parsing error near '0f123': syntax error")]
    [InlineData("mov.u32 %r1, #1;", "Unexpected character '#'")]
    [InlineData("END: ret;", "Duplicate definition of 'END'")]
    [InlineData(".reg .f32 %f1;", "Duplicate definition of '%f1'")]
    [InlineData(".reg .u8 %c;", "Type '.u8' is not allowed for registers")]
    [InlineData(".shared .b8 BIG[49153];", "uses too much shared data")]
    [InlineData("{ ret; }", "Parsing error near '{': syntax error")]
    public void A_wrong_line_is_refused(string line, string reason)
    {
        PtxAssembler.Assemble(Kernel(line), SimulatedGpu.ComputeCapability, out var log);

        Assert.Contains(reason, log, StringComparison.Ordinal);
        Assert.EndsWith("ptxas fatal   : Ptx assembly aborted due to errors", log, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_line_is_named()
    {
        PtxAssembler.Assemble(Kernel("add.u32 %r1, %r2, %x;\n    mov.u32 %r1, 1;\n    mov.f32 %s1, %f1;"), SimulatedGpu.ComputeCapability, out var log);

        Assert.Equal(
            [
                "ptxas application ptx input, line 8; error   : Unknown symbol '%x'",
                "ptxas application ptx input, line 10; error   : Arguments mismatch for instruction 'mov'",
                "ptxas fatal   : Ptx assembly aborted due to errors",
            ],
            log.Split('\n'));
    }

    [Theory]
    [InlineData("", "Missing .version directive")]
    [InlineData(".target sm_70\n.address_size 64", "Missing .version directive")]
    [InlineData(".version 7.0\n.address_size 64", "Missing .target directive")]
    [InlineData(".version 7.0\n.target sm_70", "Expected .address_size 64")]
    [InlineData(".version 7.0\n.target sm_70\n.address_size 32", "Expected .address_size 64")]
    [InlineData(".version 7.0\n.target sm_71\n.address_size 64", "Unknown .target 'sm_71'")]
    [InlineData(".version 7.0\n.target compute_70\n.address_size 64", "Unknown .target 'compute_70'")]
    [InlineData(".version 7.0\n.target sm_90\n.address_size 64", "PTX .version 7.0 does not support .target sm_90")]
    [InlineData(".version 8.7\n.target sm_120\n.address_size 64", "SM version specified by .target is higher than that of the device, sm_90")]
    [InlineData(".version 7.0\n.target sm_70\n.address_size 64\n/* open", "Unterminated comment")]
    [InlineData(".version 7.0\n.target sm_70\n.address_size 64\n.func f() { ret; }", "Parsing error near '.func': syntax error")]
    [InlineData(".version 7.0\n.target sm_70\n.address_size 64\n.entry a() { ret; }\n.entry a() { ret; }", "Duplicate definition of 'a'")]
    public void A_module_needs_a_version_a_target_and_an_address_size_that_fit(string text, string reason)
    {
        Assert.Empty(PtxAssembler.Assemble(text, SimulatedGpu.ComputeCapability, out var log));
        Assert.Contains(reason, log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".maxntid 2000", "asks for more than 1024 threads")]
    [InlineData(".maxntid 32, 64", "asks for more than 1024 threads")]
    [InlineData(".maxntid 64 .reqntid 64", "states both .maxntid and .reqntid")]
    [InlineData(".maxntid 1, 1, 1, 1", "Parsing error near '.maxntid': syntax error")]
    [InlineData(".fast 1", "Parsing error near '.fast': syntax error")]
    public void What_a_kernel_says_of_its_blocks_has_to_be_possible(string directive, string reason)
    {
        PtxAssembler.Assemble($".version 7.0\n.target sm_70\n.address_size 64\n.visible .entry kernel() {directive} {{ ret; }}", SimulatedGpu.ComputeCapability, out var log);

        Assert.Contains(reason, log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1024)]
    [InlineData(".maxntid 64, 2 .minnctapersm 2 .maxnreg 32", 128)]
    [InlineData(".reqntid 16, 16", 256)]
    public void A_driver_knows_how_many_threads_a_block_of_a_kernel_may_have(string directives, int threads)
    {
        using var device = new Device();
        using var module = CudaModule.Load(device.Context, System.Text.Encoding.UTF8.GetBytes($".version 7.0\n.target sm_70\n.address_size 64\n.visible .entry kernel() {directives} {{ .shared .b32 x[5]; ret; }}"));
        var kernel = module.FindFunction("kernel")!;

        Assert.Equal((threads, 20), (kernel.MaxThreadsPerBlock, kernel.SharedByteSize));
    }

    [Fact]
    public void A_load_fails_with_what_the_assembler_says()
    {
        var refusal = Assert.Throws<BackendException>(static () => new KernelBench(Kernel("add.u32 %r1, %r2, %x;")));

        Assert.Contains("CUDA_ERROR_INVALID_PTX", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("line 8; error   : Unknown symbol '%x'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12000, "8.0", true)]
    [InlineData(12000, "8.1", false)]
    [InlineData(12080, "8.7", true)]
    [InlineData(12080, "8.8", false)]
    public void A_driver_takes_no_newer_language_than_its_own(int driver, string version, bool isTaken)
    {
        using var device = new Device(new SimulatedDriverOptions { Version = driver });
        var text = System.Text.Encoding.UTF8.GetBytes($".version {version}\n.target sm_70\n.address_size 64\n{(isTaken ? "" : ".unheard of;")}.visible .entry empty() {{ ret; }}");
        if (isTaken)
        {
            CudaModule.Load(device.Context, text).Dispose();
            return;
        }

        Assert.Contains("CUDA_ERROR_UNSUPPORTED_PTX_VERSION", Assert.Throws<BackendException>(() => CudaModule.Load(device.Context, text)).Message, StringComparison.Ordinal);
    }

    // The line that is put in is the eighth.
    private static string Kernel(string line) => $$"""
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry kernel(.param .u32 N)
        {
            .reg .pred %p<4>; .reg .b32 %r<8>; .reg .s32 %s<2>; .reg .f32 %f<8>; .reg .f64 %fd<2>; .reg .b64 %rd<4>;
            .shared .align 4 .b8 TILE[64];
            {{line}}
        END:
            ret;
        }
        """;
}
