using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Camshaft.Backends;

/// <summary>
/// The dimensions of a tensor, outermost first, held in place: copying one takes no heap memory. In a signature
/// <see cref="Variable"/> (-1) stands for a dimension of any length. The rank of a scalar is 0.
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The greatest rank that Camshaft carries, as many dimensions as TensorRT knows.</summary>
    public const int MaxRank = 8;

    /// <summary>The length of a dimension that may vary from request to request.</summary>
    public const long Variable = -1;

    private readonly Lengths _lengths;
    private readonly int _rank;

    /// <summary>Makes a shape of the given dimensions.</summary>
    /// <param name="dimensions">At most <see cref="MaxRank"/> lengths, each 0 or more, or <see cref="Variable"/>.</param>
    /// <exception cref="ArgumentException">Too many dimensions, or one below -1.</exception>
    public Shape(params ReadOnlySpan<long> dimensions)
    {
        if (dimensions.Length > MaxRank)
        {
            throw new ArgumentException($"A shape has at most {MaxRank} dimensions; got {dimensions.Length}.", nameof(dimensions));
        }

        foreach (var length in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(length, Variable, nameof(dimensions));
        }

        dimensions.CopyTo(_lengths);
        _rank = dimensions.Length;
    }

    /// <summary>The number of dimensions, 0 for a scalar.</summary>
    public int Rank => _rank;

    /// <summary>The lengths of the dimensions, outermost first.</summary>
    [UnscopedRef]
    public ReadOnlySpan<long> Dimensions => ((ReadOnlySpan<long>)_lengths)[.._rank];

    /// <summary>Whether no dimension is <see cref="Variable"/>.</summary>
    public bool IsFixed => !Dimensions.Contains(Variable);

    /// <summary>The length of one dimension.</summary>
    /// <param name="dimension">0 (outermost) to <see cref="Rank"/> - 1.</param>
    public long this[int dimension] => Dimensions[dimension];

    /// <summary>Multiplies the dimensions; 1 for a scalar.</summary>
    /// <returns><see langword="false"/> when a dimension is variable or the product does not fit 63 bits.</returns>
    public bool TryGetElementCount(out long elementCount) => TryGetElementCount(Dimensions, out elementCount);

    /// <summary>Multiplies dimensions; 1 for none.</summary>
    /// <returns><see langword="false"/> when a dimension is negative or the product does not fit 63 bits.</returns>
    public static bool TryGetElementCount(ReadOnlySpan<long> dimensions, out long elementCount)
    {
        UInt128 product = 1;
        var overflow = false;
        elementCount = 0;
        foreach (var length in dimensions)
        {
            if (length < 0)
            {
                return false;
            }

            // A later zero makes the product zero whatever came before, so overflow is judged at the end.
            if (length == 0)
            {
                return true;
            }

            product = overflow ? 1 : product * (ulong)length;
            overflow |= product > long.MaxValue;
        }

        elementCount = overflow ? 0 : (long)product;
        return !overflow;
    }

    /// <summary>Whether a tensor of the given dimensions fits this shape: the same rank and each length equal or variable here.</summary>
    public bool Accepts(ReadOnlySpan<long> dimensions)
    {
        if (dimensions.Length != _rank)
        {
            return false;
        }

        for (var i = 0; i < dimensions.Length; i++)
        {
            if (dimensions[i] < 0 || (_lengths[i] != Variable && _lengths[i] != dimensions[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes dimensions as messages and metadata show them: <c>[1,3,224,224]</c>.</summary>
    public static string Format(ReadOnlySpan<long> dimensions)
    {
        var text = new DefaultInterpolatedStringHandler(dimensions.Length + 2, dimensions.Length);
        text.AppendLiteral("[");
        for (var i = 0; i < dimensions.Length; i++)
        {
            if (i > 0)
            {
                text.AppendLiteral(",");
            }

            text.AppendFormatted(dimensions[i]);
        }

        text.AppendLiteral("]");
        return text.ToStringAndClear();
    }

    /// <inheritdoc/>
    public override string ToString() => Format(Dimensions);

    /// <inheritdoc/>
    public bool Equals(Shape other) => Dimensions.SequenceEqual(other.Dimensions);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(Dimensions));
        return hash.ToHashCode();
    }

    /// <summary>Whether two shapes have the same dimensions.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    [InlineArray(MaxRank)]
    private struct Lengths
    {
        private long _first;
    }
}
