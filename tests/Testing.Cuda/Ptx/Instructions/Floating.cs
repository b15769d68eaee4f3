using System.Numerics;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Floating-point numbers as PTX has them: IEEE 754, rounded to the nearest; other roundings the simulation does not know.</summary>
internal static class Floating
{
    private const uint CanonicalNan = 0x7FFF_FFFF;

    /// <summary>An operation on numbers, by its name.</summary>
    public static Func<T, T, T, T> GetOperation<T>(string operation) where T : IBinaryFloatingPointIeee754<T> => operation switch
    {
        "add" => static (a, b, _) => a + b,
        "sub" => static (a, b, _) => a - b,
        "mul" => static (a, b, _) => a * b,
        "mad" or "fma" => T.FusedMultiplyAdd,
        "div" => static (a, b, _) => a / b,

        // The other number where one is none: 0 is the greater of 0 and NaN.
        "min" => static (a, b, _) => T.MinNumber(a, b),
        "max" => static (a, b, _) => T.MaxNumber(a, b),
        "min.NaN" => static (a, b, _) => T.Min(a, b),
        "max.NaN" => static (a, b, _) => T.Max(a, b),
        "abs" => static (a, _, _) => T.Abs(a),
        _ => static (a, _, _) => -a,
    };

    /// <summary>An operation on bits, from one on FP32.</summary>
    public static Func<ulong, ulong, ulong, ulong> Wrap(Func<float, float, float, float> operation, bool flushes, bool saturates) => (a, b, c) =>
    {
        var result = operation(ToSingle(a, flushes), ToSingle(b, flushes), ToSingle(c, flushes));
        result = saturates ? float.IsNaN(result) ? 0 : Math.Clamp(result, 0, 1) : result;
        return ToBits(flushes ? Flush(result) : result);
    };

    /// <summary>An operation on bits, from one on FP64.</summary>
    public static Func<ulong, ulong, ulong, ulong> Wrap(Func<double, double, double, double> operation) => (a, b, c) =>
        BitConverter.DoubleToUInt64Bits(operation(BitConverter.UInt64BitsToDouble(a), BitConverter.UInt64BitsToDouble(b), BitConverter.UInt64BitsToDouble(c)));

    public static float ToSingle(ulong bits, bool flushes = false) => flushes ? Flush(BitConverter.UInt32BitsToSingle((uint)bits)) : BitConverter.UInt32BitsToSingle((uint)bits);

    public static ulong ToBits(float number) => float.IsNaN(number) ? CanonicalNan : BitConverter.SingleToUInt32Bits(number);

    private static float Flush(float number) => float.IsSubnormal(number) ? MathF.CopySign(0, number) : number;
}
