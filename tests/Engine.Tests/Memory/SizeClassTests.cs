using Camshaft.Engine.Memory;
using CsCheck;

namespace Camshaft.Engine.Tests.Memory;

public sealed class SizeClassTests
{
    [Fact]
    public void A_block_holds_its_size_and_wastes_at_most_a_fifth_of_itself() =>
        Gen.Long[257, 64L << 20].Sample(byteSize =>
        {
            SizeClass.Find(byteSize, out var blockByteSize);
            Assert.InRange(byteSize, (long)(blockByteSize * 0.8), blockByteSize);
        });

    [Fact]
    public void Every_size_of_a_class_gets_the_same_block() =>
        Gen.Long[0, 64L << 20].Sample(byteSize =>
        {
            var sizeClass = SizeClass.Find(byteSize, out var blockByteSize);
            Assert.Equal(sizeClass, SizeClass.Find(blockByteSize, out var again));
            Assert.Equal(blockByteSize, again);
            Assert.InRange(sizeClass, 0, SizeClass.Count - 1);
        });

    [Fact]
    public void Blocks_are_multiples_of_the_alignment() =>
        Gen.Long[0, 1L << 32].Sample(byteSize =>
        {
            SizeClass.Find(byteSize, out var blockByteSize);
            Assert.Equal(0, blockByteSize % NativeMemorySource.Alignment);
        });

    [Fact]
    public void What_is_larger_than_64_MiB_is_not_kept() => Assert.Equal(SizeClass.None, SizeClass.Find((64L << 20) + 1, out _));
}
