using Camshaft.Engine.Scheduling.Policies;

namespace Camshaft.Engine.Tests.Scheduling;

public sealed class ProcessorSharingTests
{
    [Theory]
    [InlineData(2, 2, 0, 1)]
    [InlineData(2, 1, 3, 1)]
    [InlineData(2, 2, 3, 2 * 1024.0 / 2378)]
    [InlineData(16, 1, 3, 1)]
    [InlineData(2, 4, 0, 0.5)]
    public void A_normal_thread_has_its_weights_part_and_one_core_at_most(int cores, int normal, int niced, double expected) =>
        Assert.Equal(expected, ProcessorSharing.GetNormalShare(cores, normal, niced), precision: 6);

    [Theory]
    [InlineData(2, 0, 3, 2.0 / 3)]
    [InlineData(2, 1, 3, 1.0 / 3)]
    [InlineData(4, 1, 2, 1)]
    [InlineData(2, 2.5, 1, 0)]
    public void Niced_threads_share_what_is_left(int cores, double normal, int niced, double expected) =>
        Assert.Equal(expected, ProcessorSharing.GetNicedShare(cores, normal, niced), precision: 6);
}
