using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Inference.OutputChecks;

/// <summary>The check of datatypes that a vector can hold. NaN is neither less nor more than a bound, and so never between two.</summary>
internal sealed class RangeCheck<T>(ValueRange range, T least, T greatest) : OutputCheck(range)
    where T : unmanaged, INumber<T>
{
    /// <inheritdoc/>
    public override int FindFault(ReadOnlySpan<byte> bytes)
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        var (low, high) = (new Vector<T>(least), new Vector<T>(greatest));
        var start = 0;
        for (; start <= values.Length - Vector<T>.Count; start += Vector<T>.Count)
        {
            var vector = new Vector<T>(values[start..]);
            if (!Vector.GreaterThanOrEqualAll(vector, low) || !Vector.LessThanOrEqualAll(vector, high))
            {
                break;
            }
        }

        for (var i = start; i < values.Length; i++)
        {
            if (!(values[i] >= least && values[i] <= greatest))
            {
                return i;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public override string Format(ReadOnlySpan<byte> bytes, int element) =>
        MemoryMarshal.Cast<byte, T>(bytes)[element].ToString(null, CultureInfo.InvariantCulture);
}
