using CsCheck;

namespace Camshaft.Backends.Tests;

public sealed class ShapeTests
{
    [Fact]
    public void A_scalar_has_one_element()
    {
        Assert.True(default(Shape).TryGetElementCount(out var count));
        Assert.Equal((0, 1L), (default(Shape).Rank, count));
    }

    [Theory]
    [InlineData(new long[] { 2, 3, 4 }, true, 24)]
    [InlineData(new long[] { 0, 5 }, true, 0)]
    [InlineData(new long[] { long.MaxValue, long.MaxValue, 0 }, true, 0)]
    [InlineData(new long[] { long.MaxValue, 1 }, true, long.MaxValue)]
    [InlineData(new long[] { long.MaxValue, 2 }, false, 0)]
    [InlineData(new long[] { long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue, 2 }, false, 0)]
    [InlineData(new long[] { 2, -1 }, false, 0)]
    public void The_product_of_the_dimensions_is_exact_or_refused(long[] dimensions, bool isCountable, long expected)
    {
        Assert.Equal(isCountable, Shape.TryGetElementCount(dimensions, out var count));
        Assert.Equal(expected, count);
    }

    [Theory]
    [InlineData(new long[] { -1, 3 }, new long[] { 7, 3 }, true)]
    [InlineData(new long[] { -1, 3 }, new long[] { 0, 3 }, true)]
    [InlineData(new long[] { -1, 3 }, new long[] { 7, 4 }, false)]
    [InlineData(new long[] { -1, 3 }, new long[] { -1, 3 }, false)]
    [InlineData(new long[] { -1, 3 }, new long[] { 3 }, false)]
    [InlineData(new long[] { }, new long[] { }, true)]
    public void A_shape_accepts_what_is_as_long_where_it_is_fixed(long[] expected, long[] actual, bool accepts) =>
        Assert.Equal(accepts, new Shape(expected).Accepts(actual));

    [Fact]
    public void Equal_dimensions_make_equal_shapes() =>
        Gen.Long[-1, 5].Array[0, Shape.MaxRank].Sample(static dimensions =>
        {
            var shape = new Shape(dimensions);
            Assert.Equal(shape, new Shape([.. dimensions]));
            Assert.Equal(shape.GetHashCode(), new Shape([.. dimensions]).GetHashCode());
            Assert.Equal(dimensions, shape.Dimensions.ToArray());
            Assert.Equal($"[{string.Join(",", dimensions)}]", shape.ToString());
        });

    [Fact]
    public void More_dimensions_than_are_carried_are_refused() => Assert.Throws<ArgumentException>(() => new Shape(1, 1, 1, 1, 1, 1, 1, 1, 1));

    [Fact]
    public void A_length_below_minus_one_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(-2));
}
