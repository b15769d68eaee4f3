using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Engine.Inference.OutputChecks;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Inference;

public sealed class OutputCheckTests
{
    // More than one vector of any datatype, and a rest.
    private const int Count = 77;

    private static readonly ValueRange FromMinusOneToTwo = new() { Minimum = -1, Maximum = 2 };

    public static TheoryData<double, bool> Floats => new()
    {
        { -1, true }, { 2, true }, { 0, true }, { -0.0, true }, { 1.5, true },
        { -1.0625, false }, { 2.0625, false }, { double.NaN, false }, { double.PositiveInfinity, false }, { double.NegativeInfinity, false },
    };

    [Theory]
    [MemberData(nameof(Floats))]
    public void Floating_point_of_any_width_is_held_to_the_bounds_at_every_position(double value, bool isWithin)
    {
        AssertFinds(DataType.Float64, FromMinusOneToTwo, 1.0, value, isWithin);
        AssertFinds(DataType.Float32, FromMinusOneToTwo, 1f, (float)value, isWithin);
        AssertFinds(DataType.Float16, FromMinusOneToTwo, (Half)1, (Half)value, isWithin);
        AssertFinds(DataType.BFloat16, FromMinusOneToTwo, ToBFloat16(1), ToBFloat16((float)value), isWithin);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(2, true)]
    [InlineData(-2, false)]
    [InlineData(3, false)]
    [InlineData(-128, false)]
    [InlineData(127, false)]
    public void Integers_of_any_width_are_held_to_the_bounds_at_every_position(sbyte value, bool isWithin)
    {
        AssertFinds<sbyte>(DataType.Int8, FromMinusOneToTwo, 1, value, isWithin);
        AssertFinds<short>(DataType.Int16, FromMinusOneToTwo, 1, value, isWithin);
        AssertFinds(DataType.Int32, FromMinusOneToTwo, 1, value, isWithin);
        AssertFinds<long>(DataType.Int64, FromMinusOneToTwo, 1, value, isWithin);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(255, false)]
    public void Integers_without_sign_are_held_to_the_bounds_at_every_position(byte value, bool isWithin)
    {
        AssertFinds<byte>(DataType.UInt8, FromMinusOneToTwo, 1, value, isWithin);
        AssertFinds<ushort>(DataType.UInt16, FromMinusOneToTwo, 1, value, isWithin);
        AssertFinds<uint>(DataType.UInt32, FromMinusOneToTwo, 1, value, isWithin);
        AssertFinds<ulong>(DataType.UInt64, FromMinusOneToTwo, 1, value, isWithin);
    }

    [Theory]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    [InlineData(double.NegativeInfinity, false)]
    [InlineData(65504, true)]
    [InlineData(-65504, true)]
    public void Finite_excludes_what_is_no_number_and_nothing_else(double value, bool isWithin)
    {
        var finite = new ValueRange { Finite = true };
        AssertFinds(DataType.Float64, finite, 1.0, value, isWithin);
        AssertFinds(DataType.Float32, finite, 1f, (float)value, isWithin);
        AssertFinds(DataType.Float16, finite, (Half)1, (Half)value, isWithin);
        AssertFinds(DataType.BFloat16, finite, ToBFloat16(1), ToBFloat16((float)value), isWithin);
        AssertFinds(DataType.Float64, finite, 1.0, double.MaxValue, isWithin: true);
        AssertFinds(DataType.Float32, finite, 1f, -float.MaxValue, isWithin: true);
        AssertFinds(DataType.BFloat16, finite, ToBFloat16(1), (short)0x7F7F, isWithin: true);
    }

    [Theory]
    [InlineData(-0.0, true)]
    [InlineData(-1, false)]
    [InlineData(double.PositiveInfinity, true)]
    [InlineData(double.NaN, false)]
    public void Minus_zero_is_no_less_than_zero_and_one_bound_leaves_the_other_side_open(double value, bool isWithin)
    {
        var positive = new ValueRange { Minimum = 0 };
        AssertFinds(DataType.Float64, positive, 1.0, value, isWithin);
        AssertFinds(DataType.Float32, positive, 1f, (float)value, isWithin);
        AssertFinds(DataType.Float16, positive, (Half)1, (Half)value, isWithin);
        AssertFinds(DataType.BFloat16, positive, ToBFloat16(1), ToBFloat16((float)value), isWithin);
    }

    [Fact]
    public void Plus_zero_is_no_more_than_a_maximum_of_minus_zero()
    {
        var negative = new ValueRange { Maximum = -0.0 };
        AssertFinds(DataType.Float32, negative, -1f, 0f, isWithin: true);
        AssertFinds(DataType.Float16, negative, (Half)(-1), (Half)0, isWithin: true);
    }

    [Fact]
    public void A_bound_is_the_nearest_number_that_the_datatype_has()
    {
        var clipped = new ValueRange { Minimum = 0.1, Maximum = 0.3 };

        AssertFinds(DataType.Float32, clipped, 0.2f, 0.3f, isWithin: true);
        AssertFinds(DataType.Float32, clipped, 0.2f, MathF.BitIncrement(0.3f), isWithin: false);
        AssertFinds(DataType.Float16, clipped, (Half)0.2, (Half)0.1, isWithin: true);
        AssertFinds(DataType.Int32, new ValueRange { Minimum = 0.5 }, 1, 0, isWithin: false);
    }

    [Theory]
    [InlineData(DataType.Int32)]
    [InlineData(DataType.UInt64)]
    [InlineData(DataType.Bool)]
    [InlineData(DataType.Bytes)]
    public void Where_no_value_is_excluded_there_is_no_check(DataType dataType) =>
        Assert.Null(OutputCheck.Create(dataType, new ValueRange { Finite = true }));

    [Fact]
    public void A_check_takes_no_managed_memory()
    {
        var values = new float[10_000];
        var check = OutputCheck.Create(DataType.Float32, FromMinusOneToTwo)!;

        var faults = 0;

        AllocationAssert.NoneWhenWarm(() => faults += check.FindFault(MemoryMarshal.AsBytes(values.AsSpan())) >= 0 ? 1 : 0);

        Assert.Equal(0, faults);
    }

    private static void AssertFinds<T>(DataType dataType, ValueRange range, T usual, T value, bool isWithin)
        where T : unmanaged
    {
        var check = OutputCheck.Create(dataType, range)!;
        var values = new T[Count];
        Array.Fill(values, usual);
        Assert.Equal(-1, check.FindFault(MemoryMarshal.AsBytes(values.AsSpan())));
        for (var i = 0; i < Count; i++)
        {
            values[i] = value;
            Assert.Equal(isWithin ? -1 : i, check.FindFault(MemoryMarshal.AsBytes(values.AsSpan())));
            values[i] = usual;
        }
    }

    private static short ToBFloat16(float number) => (short)(BitConverter.SingleToUInt32Bits(number) >> 16);
}
