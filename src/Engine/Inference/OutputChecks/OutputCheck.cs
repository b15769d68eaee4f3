using Camshaft.Backends;
using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Inference.OutputChecks;

/// <summary>Looks through the values of one output for one that its configuration excludes. Immutable; takes no memory.</summary>
internal abstract class OutputCheck(ValueRange range)
{
    /// <summary>What is expected, for messages.</summary>
    public ValueRange Range => range;

    /// <summary>Makes the check of an output; null when its datatype has no value that is excluded.</summary>
    /// <remarks>Bounds become the nearest number that the datatype has: a model that clips at 0.3 in FP32 keeps to 0.3.</remarks>
    public static OutputCheck? Create(DataType dataType, ValueRange range) => dataType switch
    {
        DataType.Float64 => new RangeCheck<double>(range, GetLeast(range, double.MaxValue), GetGreatest(range, double.MaxValue)),
        DataType.Float32 => new RangeCheck<float>(range, (float)GetLeast(range, float.MaxValue), (float)GetGreatest(range, float.MaxValue)),
        DataType.Float16 => HalfCheck.ForFloat16(range),
        DataType.BFloat16 => HalfCheck.ForBFloat16(range),
        DataType.Int8 => ForIntegers<sbyte>(range),
        DataType.Int16 => ForIntegers<short>(range),
        DataType.Int32 => ForIntegers<int>(range),
        DataType.Int64 => ForIntegers<long>(range),
        DataType.UInt8 => ForIntegers<byte>(range),
        DataType.UInt16 => ForIntegers<ushort>(range),
        DataType.UInt32 => ForIntegers<uint>(range),
        DataType.UInt64 => ForIntegers<ulong>(range),
        _ => null,
    };

    /// <summary>Finds the first value that is excluded.</summary>
    /// <param name="bytes">The tensor's.</param>
    /// <returns>Its position among the elements; -1 = there is none.</returns>
    public abstract int FindFault(ReadOnlySpan<byte> bytes);

    /// <summary>A value as messages have it.</summary>
    public abstract string Format(ReadOnlySpan<byte> bytes, int element);

    /// <summary>The least value, where that is a bound or the datatype's least finite number; else minus infinity.</summary>
    protected static double GetLeast(ValueRange range, double greatestFinite) =>
        Math.Max(range.Minimum ?? double.NegativeInfinity, range.Finite ? -greatestFinite : double.NegativeInfinity);

    /// <summary>The greatest value, likewise.</summary>
    protected static double GetGreatest(ValueRange range, double greatestFinite) =>
        Math.Min(range.Maximum ?? double.PositiveInfinity, range.Finite ? greatestFinite : double.PositiveInfinity);

    private static RangeCheck<T>? ForIntegers<T>(ValueRange range)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>, System.Numerics.IMinMaxValue<T>
    {
        var least = T.CreateSaturating(Math.Ceiling(range.Minimum ?? double.NegativeInfinity));
        var greatest = T.CreateSaturating(Math.Floor(range.Maximum ?? double.PositiveInfinity));
        return least == T.MinValue && greatest == T.MaxValue ? null : new RangeCheck<T>(range, least, greatest);
    }
}
