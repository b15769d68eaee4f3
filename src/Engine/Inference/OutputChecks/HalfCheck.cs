using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Inference.OutputChecks;

/// <summary>
/// The check of 16-bit floating point, which no vector compares: by the bits, which are in the order of the numbers once
/// those of negative ones are turned round. NaN then lies beyond the infinities, and so beyond every bound.
/// </summary>
internal sealed class HalfCheck : OutputCheck
{
    private const short Magnitude = 0x7FFF;

    private readonly Func<short, float> _toNumber;
    private readonly short _least;
    private readonly short _greatest;

    private HalfCheck(ValueRange range, short leastBits, short greatestBits, Func<short, float> toNumber)
        : base(range)
    {
        _toNumber = toNumber;

        // The two zeros are one number: as the least that is -0, as the greatest +0.
        _least = ToOrder((leastBits & Magnitude) == 0 ? short.MinValue : leastBits);
        _greatest = ToOrder((greatestBits & Magnitude) == 0 ? (short)0 : greatestBits);
    }

    public static HalfCheck ForFloat16(ValueRange range)
    {
        var greatest = (double)Half.MaxValue;
        return new HalfCheck(
            range,
            BitConverter.HalfToInt16Bits((Half)GetLeast(range, greatest)),
            BitConverter.HalfToInt16Bits((Half)GetGreatest(range, greatest)),
            static bits => (float)BitConverter.Int16BitsToHalf(bits));
    }

    public static HalfCheck ForBFloat16(ValueRange range)
    {
        var greatest = (double)FromBFloat16(0x7F7F);
        return new HalfCheck(range, ToBFloat16(GetLeast(range, greatest)), ToBFloat16(GetGreatest(range, greatest)), FromBFloat16);
    }

    /// <inheritdoc/>
    public override int FindFault(ReadOnlySpan<byte> bytes)
    {
        var values = MemoryMarshal.Cast<byte, short>(bytes);
        var (low, high, magnitude) = (new Vector<short>(_least), new Vector<short>(_greatest), new Vector<short>(Magnitude));
        var start = 0;
        for (; start <= values.Length - Vector<short>.Count; start += Vector<short>.Count)
        {
            var bits = new Vector<short>(values[start..]);
            var order = bits ^ (Vector.ShiftRightArithmetic(bits, 15) & magnitude);
            if (!Vector.GreaterThanOrEqualAll(order, low) || !Vector.LessThanOrEqualAll(order, high))
            {
                break;
            }
        }

        for (var i = start; i < values.Length; i++)
        {
            var order = ToOrder(values[i]);
            if (order < _least || order > _greatest)
            {
                return i;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public override string Format(ReadOnlySpan<byte> bytes, int element) =>
        _toNumber(MemoryMarshal.Cast<byte, short>(bytes)[element]).ToString(CultureInfo.InvariantCulture);

    private static short ToOrder(short bits) => (short)(bits ^ ((bits >> 15) & Magnitude));

    // The upper half of an FP32 number, rounded to the nearest, ties to even.
    private static short ToBFloat16(double number)
    {
        var bits = BitConverter.SingleToUInt32Bits((float)number);
        return (short)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static float FromBFloat16(short bits) => BitConverter.UInt32BitsToSingle((uint)(ushort)bits << 16);
}
