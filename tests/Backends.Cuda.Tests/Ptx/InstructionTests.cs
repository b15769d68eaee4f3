using System.Globalization;
using Camshaft.Testing.Cuda;

namespace Camshaft.Backends.Cuda.Tests.Ptx;

/// <summary>What each instruction computes, as the PTX manual has it.</summary>
public sealed class InstructionTests
{
    [Theory]
    [InlineData("add.u32 %r0, 4294967295, 3;", 2)]
    [InlineData("add.s32 %r0, -5, 3;", 0xFFFF_FFFE)]
    [InlineData("add.u16 %h0, 65535, 2; cvt.u32.u16 %r0, %h0;", 1)]
    [InlineData("sub.u32 %r0, 1, 2;", 0xFFFF_FFFF)]
    [InlineData("mul.lo.u32 %r0, 65536, 65537;", 65536)]
    [InlineData("mul.hi.u32 %r0, 4294967295, 4294967295;", 0xFFFF_FFFE)]
    [InlineData("mul.hi.s32 %r0, -2, 3;", 0xFFFF_FFFF)]
    [InlineData("mad.lo.u32 %r0, 3, 4, 5;", 17)]
    [InlineData("mad.hi.u32 %r0, 2147483648, 4, 5;", 7)]
    [InlineData("div.u32 %r0, 4294967295, 2;", 0x7FFF_FFFF)]
    [InlineData("div.s32 %r0, -7, 2;", 0xFFFF_FFFD)]
    [InlineData("rem.s32 %r0, -7, 2;", 0xFFFF_FFFF)]
    [InlineData("rem.u32 %r0, 4294967289, 8;", 1)]
    [InlineData("div.s32 %r0, -2147483648, -1;", 0x8000_0000)]
    [InlineData("min.u32 %r0, 4294967295, 1;", 1)]
    [InlineData("min.s32 %r0, -1, 1;", 0xFFFF_FFFF)]
    [InlineData("max.s32 %r0, -1, 1;", 1)]
    [InlineData("max.u32 %r0, 4294967295, 1;", 0xFFFF_FFFF)]
    [InlineData("abs.s32 %r0, -5;", 5)]
    [InlineData("neg.s32 %r0, 5;", 0xFFFF_FFFB)]
    [InlineData("and.b32 %r0, 12, 10;", 8)]
    [InlineData("or.b32 %r0, 12, 10;", 14)]
    [InlineData("xor.b32 %r0, 12, 10;", 6)]
    [InlineData("not.b32 %r0, 0;", 0xFFFF_FFFF)]
    [InlineData("shl.b32 %r0, 3, 31;", 0x8000_0000)]
    [InlineData("shl.b32 %r0, 3, 32;", 0)]
    [InlineData("shr.u32 %r0, 2147483648, 31;", 1)]
    [InlineData("shr.u32 %r0, 2147483648, 40;", 0)]
    [InlineData("shr.s32 %r0, -8, 1;", 0xFFFF_FFFC)]
    [InlineData("shr.s32 %r0, -8, 99;", 0xFFFF_FFFF)]
    [InlineData("shr.b32 %r0, 2147483648, 31;", 1)]
    [InlineData("mov.u32 %r0, 0xFF;", 255)]
    [InlineData("mov.b32 %r0, 0f3F800000;", 0x3F80_0000)]
    [InlineData("mov.s32 %r0, -1;", 0xFFFF_FFFF)]
    [InlineData("setp.lt.s32 %p0, -1, 0; selp.u32 %r0, 1, 2, %p0;", 1)]
    [InlineData("setp.lt.u32 %p0, 4294967295, 0; selp.u32 %r0, 1, 2, %p0;", 2)]
    [InlineData("setp.lo.u32 %p0, 1, 2; selp.b32 %r0, 1, 2, %p0;", 1)]
    [InlineData("setp.hs.u32 %p0, 2, 2; selp.b32 %r0, 1, 2, %p0;", 1)]
    [InlineData("setp.ne.b32 %p0, 2, 2; selp.b32 %r0, 1, 2, %p0;", 2)]
    [InlineData("setp.eq.u32 %p0, 1, 1; setp.eq.and.u32 %p1, 1, 1, !%p0; selp.b32 %r0, 1, 2, %p1;", 2)]
    [InlineData("setp.eq.u32 %p0, 1, 2; setp.eq.or.u32 %p1, 1, 1, %p0; selp.b32 %r0, 1, 2, %p1;", 1)]
    [InlineData("setp.eq.u32 %p0, 1, 1; setp.eq.xor.u32 %p1, 1, 1, %p0; selp.b32 %r0, 1, 2, %p1;", 2)]
    [InlineData("setp.eq.u32 %p0, 1, 1; not.pred %p1, %p0; and.pred %p0, %p0, %p1; selp.b32 %r0, 1, 2, %p0;", 2)]
    [InlineData("mov.u32 %r0, 1; setp.eq.u32 %p0, 1, 2; @%p0 mov.u32 %r0, 2; @!%p0 add.u32 %r0, %r0, 4;", 5)]
    [InlineData("mov.u32 %r0, 1; bra OVER; mov.u32 %r0, 2; OVER: add.u32 %r0, %r0, 4;", 5)]
    [InlineData("mov.u32 %r1, 258; cvt.u32.u8 %r0, %r1;", 2)]
    [InlineData("mov.u32 %r1, 254; cvt.s32.s8 %r0, %r1;", 0xFFFF_FFFE)]
    [InlineData("mov.u32 %r1, 254; cvt.s32.s8 %r0, %r1; mul.hi.u32 %r0, %r0, 2;", 1)]
    [InlineData("mov.u64 %rd0, 0x100000002; cvt.u32.u64 %r0, %rd0;", 2)]
    [InlineData("mov.u32 %r0, %ntid.x; mad.lo.u32 %r0, %r0, 10, 7;", 17)]
    public void Whole_numbers_of_32_bits(string body, uint expected) => Assert.Equal(expected, Run<uint>(body, "st.global.u32 [%rd9], %r0;"));

    [Theory]
    [InlineData("add.u64 %rd0, 18446744073709551615, 3;", 2)]
    [InlineData("mul.wide.u32 %rd0, 4294967295, 4294967295;", 0xFFFF_FFFE_0000_0001)]
    [InlineData("mul.wide.s32 %rd0, -1, 5;", 0xFFFF_FFFF_FFFF_FFFB)]
    [InlineData("mad.wide.u32 %rd0, 4294967295, 2, 1;", 0x1_FFFF_FFFF)]
    [InlineData("mul.hi.u64 %rd0, 18446744073709551615, 16;", 15)]
    [InlineData("mul.lo.s64 %rd0, -3, 3;", 0xFFFF_FFFF_FFFF_FFF7)]
    [InlineData("shl.b64 %rd0, 1, 63;", 0x8000_0000_0000_0000)]
    [InlineData("shl.b64 %rd0, 1, 64;", 0)]
    [InlineData("mov.u32 %r0, 4294967295; cvt.u64.u32 %rd0, %r0;", 0xFFFF_FFFF)]
    [InlineData("mov.u32 %r0, 4294967295; cvt.s64.s32 %rd0, %r0;", ulong.MaxValue)]
    [InlineData("div.s64 %rd0, -9223372036854775808, -1;", 0x8000_0000_0000_0000)]
    [InlineData("setp.gt.s64 %p0, -1, 0; selp.b64 %rd0, 1, 2, %p0;", 2)]
    public void Whole_numbers_of_64_bits(string body, ulong expected) => Assert.Equal(expected, Run<ulong>(body, "st.global.u64 [%rd9], %rd0;"));

    [Theory]
    [InlineData("add.f32 %f0, 1.5, 2.25;", 3.75f)]
    [InlineData("sub.rn.f32 %f0, 1.5, 2.25;", -0.75f)]
    [InlineData("mul.f32 %f0, 0f7F7FFFFF, 2.0;", float.PositiveInfinity)]
    [InlineData("mul.ftz.f32 %f0, 0f00000001, 1.0;", 0)]
    [InlineData("mul.rn.f32 %f0, 0f00000001, 1.0;", 1.4e-45f)]
    [InlineData("add.sat.f32 %f0, 1.5, 2.25;", 1)]
    [InlineData("add.sat.f32 %f0, 0f7FC00000, 2.25;", 0)]
    [InlineData("fma.rn.f32 %f0, 0f3F800800, 0f3F800800, 0fBF801000;", 5.9604645E-08f)]
    [InlineData("div.rn.f32 %f0, 1.0, 3.0;", 0.33333334f)]
    [InlineData("div.rn.f32 %f0, 1.0, 0f80000000;", float.NegativeInfinity)]
    [InlineData("min.f32 %f0, 0f7FC00000, 1.0;", 1)]
    [InlineData("max.f32 %f0, -1.0, 0f7FC00000;", -1)]
    [InlineData("max.f32 %f0, 0f80000000, 0f00000000;", 0)]
    [InlineData("abs.f32 %f0, -2.5;", 2.5f)]
    [InlineData("neg.f32 %f0, 2.5;", -2.5f)]
    [InlineData("ex2.approx.f32 %f0, 10.0;", 1024)]
    [InlineData("ex2.approx.f32 %f0, 0fFF800000;", 0)]
    [InlineData("ex2.approx.f32 %f0, 0f7FC00000;", float.NaN)]
    [InlineData("ex2.approx.f32 %f0, 128.0;", float.PositiveInfinity)]
    [InlineData("lg2.approx.f32 %f0, 8.0;", 3)]
    [InlineData("rcp.rn.f32 %f0, 4.0;", 0.25f)]
    [InlineData("sqrt.rn.f32 %f0, 2.0;", 1.4142135f)]
    [InlineData("rsqrt.approx.f32 %f0, 4.0;", 0.5f)]
    [InlineData("cvt.rn.f32.u32 %f0, 16777217;", 16777216)]
    [InlineData("cvt.rn.f32.s32 %f0, -3;", -3)]
    [InlineData("cvt.rn.f32.f64 %f0, 0.1;", 0.1f)]
    [InlineData("cvt.rzi.s32.f32 %r0, -2.7; cvt.rn.f32.s32 %f0, %r0;", -2)]
    [InlineData("cvt.rni.s32.f32 %r0, 2.5; cvt.rn.f32.s32 %f0, %r0;", 2)]
    [InlineData("cvt.rmi.s32.f32 %r0, -2.1; cvt.rn.f32.s32 %f0, %r0;", -3)]
    [InlineData("cvt.rpi.s32.f32 %r0, 2.1; cvt.rn.f32.s32 %f0, %r0;", 3)]
    [InlineData("cvt.rzi.u32.f32 %r0, -2.7; cvt.rn.f32.u32 %f0, %r0;", 0)]
    [InlineData("cvt.rzi.s32.f32 %r0, 0f7F800000; cvt.rn.f32.s32 %f0, %r0;", 2147483648)]
    [InlineData("cvt.rzi.s32.f32 %r0, 0f7FC00000; cvt.rn.f32.s32 %f0, %r0;", 0)]
    [InlineData("setp.lt.f32 %p0, 0f7FC00000, 1.0; selp.f32 %f0, 1.0, 2.0, %p0;", 2)]
    [InlineData("setp.ltu.f32 %p0, 0f7FC00000, 1.0; selp.f32 %f0, 1.0, 2.0, %p0;", 1)]
    [InlineData("setp.ne.f32 %p0, 0f7FC00000, 0f7FC00000; selp.f32 %f0, 1.0, 2.0, %p0;", 2)]
    [InlineData("setp.neu.f32 %p0, 0f7FC00000, 0f7FC00000; selp.f32 %f0, 1.0, 2.0, %p0;", 1)]
    [InlineData("setp.nan.f32 %p0, 0f7FC00000, 1.0; selp.f32 %f0, 1.0, 2.0, %p0;", 1)]
    [InlineData("setp.eq.f32 %p0, 0f80000000, 0f00000000; selp.f32 %f0, 1.0, 2.0, %p0;", 1)]
    public void Floating_point_numbers_of_32_bits(string body, float expected) => Assert.Equal(expected, Run<float>(body, "st.global.f32 [%rd9], %f0;"));

    [Theory]
    [InlineData("fma.rn.f64 %fd0, 0d3FF0000000000000, 2.5, 0.1;", 2.6)]
    [InlineData("div.rn.f64 %fd0, 1.0, 3.0;", 1.0 / 3)]
    [InlineData("cvt.f64.f32 %fd0, 0f3DCCCCCD;", 0.10000000149011612)]
    [InlineData("sqrt.rn.f64 %fd0, 2.0;", 1.4142135623730951)]
    public void Floating_point_numbers_of_64_bits(string body, double expected) => Assert.Equal(expected, Run<double>(body, "st.global.f64 [%rd9], %fd0;"));

    // The manual gives bounds for them; which number within them a GPU takes, nobody says.
    [Theory]
    [InlineData("ex2", 0.3)]
    [InlineData("ex2", -17.7)]
    [InlineData("lg2", 5.5)]
    [InlineData("rcp", 3.0)]
    [InlineData("sqrt", 3.0)]
    [InlineData("rsqrt", 3.0)]
    [InlineData("sin", 0.5)]
    [InlineData("cos", 0.5)]
    public void Approximations_are_near(string opcode, double argument)
    {
        var text = argument.ToString("0.0", CultureInfo.InvariantCulture);
        double expected = opcode switch
        {
            "ex2" => Math.Pow(2, (float)argument),
            "lg2" => Math.Log2(argument),
            "rcp" => 1 / argument,
            "sqrt" => Math.Sqrt(argument),
            "rsqrt" => 1 / Math.Sqrt(argument),
            "sin" => Math.Sin(argument),
            _ => Math.Cos(argument),
        };

        Assert.Equal(expected, Run<float>($"{opcode}.approx.f32 %f0, {text};", "st.global.f32 [%rd9], %f0;"), Math.Abs(expected) * Math.Pow(2, -22));
    }

    [Fact]
    public void Some_approximations_are_not_the_nearest_number()
    {
        var near = Enumerable.Range(1, 40).Count(static index =>
            Run<float>($"mov.f32 %f1, {index}.3; ex2.approx.f32 %f0, %f1;", "st.global.f32 [%rd9], %f0;") == (float)Math.Pow(2, index + 0.3f));

        Assert.InRange(near, 1, 39);
    }

    [Fact]
    public void A_quotient_by_zero_is_reported()
    {
        using var bench = new KernelBench(Kernel("mov.u32 %r1, 0; div.u32 %r0, 1, %r1;", ""));
        bench.Launch("kernel", new CudaExtent(1), new CudaExtent(1), bench.Reserve(8));

        Assert.Contains("divides by zero", Assert.Single(bench.Simulation.TakeFailures()), StringComparison.Ordinal);
    }

    private static unsafe T Run<T>(string body, string store) where T : unmanaged
    {
        using var bench = new KernelBench(Kernel(body, store));
        var result = bench.Reserve(sizeof(T));
        bench.Launch("kernel", new CudaExtent(1), new CudaExtent(1), result);
        return bench.Download<T>(result, 1)[0];
    }

    private static string Kernel(string body, string store) => $$"""
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry kernel(.param .u64 result)
        {
            .reg .pred %p<4>; .reg .b16 %h<4>; .reg .b32 %r<8>; .reg .f32 %f<8>; .reg .f64 %fd<2>; .reg .b64 %rd<10>;
            ld.param.u64 %rd9, [result];
            {{body}}
            {{store}}
            ret;
        }
        """;
}
