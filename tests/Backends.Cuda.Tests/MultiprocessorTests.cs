using Camshaft.Testing.Cuda;

namespace Camshaft.Backends.Cuda.Tests;

/// <summary>The simulated device divides its multiprocessors by eight, and fails a test in which two green contexts have one in common.</summary>
public sealed class MultiprocessorTests
{
    [Theory]
    [InlineData(32, 12080, 4, 0)]
    [InlineData(36, 12080, 4, 4)]
    [InlineData(36, 13000, 4, 0)]
    public void A_device_is_split_into_the_smallest_groups_and_a_rest_that_can_be_added(int count, int version, int groupCount, int restCount)
    {
        using var device = new Device(new SimulatedDriverOptions { MultiprocessorCount = count, Version = version });
        var all = CudaMultiprocessors.Split(device.Context);

        Assert.Equal((count, 8, groupCount, restCount), (all.Count, all.GroupSize, all.GroupCount, all.RestCount));
    }

    [Fact]
    public void Groups_of_one_split_make_a_part_and_its_streams_run_there()
    {
        using var device = new Device(new SimulatedDriverOptions { MultiprocessorCount = 36 });
        var all = CudaMultiprocessors.Split(device.Context);
        using var part = CudaGreenContext.Create(device.Context, all, [0, 2]);
        using var rest = CudaGreenContext.Create(device.Context, all, [1, 3], withRest: true);
        using var stream = CudaStream.Create(part, priority: -5);

        Assert.Equal((16, 20), (part.MultiprocessorCount, rest.MultiprocessorCount));
        Assert.Equal([(-5, 16)], device.Simulation.StreamKinds);
    }

    [Fact]
    public void Parts_that_have_a_group_in_common_are_noticed_by_the_simulation()
    {
        using var device = new Device();
        var all = CudaMultiprocessors.Split(device.Context);
        using var part = CudaGreenContext.Create(device.Context, all, [0, 1]);
        using var other = CudaGreenContext.Create(device.Context, all, [1, 2]);

        Assert.Equal(["cuGreenCtxCreate: 8 of the multiprocessors are another green context's."], device.Simulation.TakeFailures());
    }

    [Fact]
    public void A_group_cannot_be_there_twice()
    {
        using var device = new Device();
        var all = CudaMultiprocessors.Split(device.Context);

        Assert.Equal("cuDevResourceGenerateDesc", Assert.Throws<CudaException>(() => CudaGreenContext.Create(device.Context, all, [0, 0])).Call);
    }

    [Fact]
    public void A_device_that_cannot_be_divided_is_named_with_the_call()
    {
        using var device = new Device();
        device.Simulation.Fail("cuDevSmResourceSplitByCount", status: 801, skip: 1);

        Assert.Equal("cuDevSmResourceSplitByCount", Assert.Throws<CudaException>(() => CudaMultiprocessors.Split(device.Context)).Call);
    }
}
