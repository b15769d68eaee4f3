using Camshaft.Testing.Cuda;

namespace Camshaft.Backends.Cuda.Tests.Devices;

/// <summary>Batches on four lanes of two pairs, with tensors on the host, in other processes' memory on the device, or joined from both, whose parts the simulated device runs in any order that the streams allow.</summary>
public sealed class PipelineTests
{
    private const int BatchCount = 24;
    private const int WaitsOfABatch = 2;

    [Theory]
    [InlineData(3000, TensorPlaces.Host)]
    [InlineData(1000, TensorPlaces.Device)]
    [InlineData(1000, TensorPlaces.Both)]
    public void Every_order_that_streams_allow_gives_the_right_answers(int seeds, TensorPlaces places) => Assert.All(Enumerable.Range(0, seeds), seed =>
    {
        var (wrong, failures) = Run(new SimulatedDriverOptions { Seed = seed }, places);
        Assert.Equal(0, wrong);
        Assert.Empty(failures);
    });

    [Theory]
    [InlineData(0, TensorPlaces.Host)]
    [InlineData(1, TensorPlaces.Host)]
    [InlineData(0, TensorPlaces.Device)]
    [InlineData(1, TensorPlaces.Device)]
    [InlineData(0, TensorPlaces.Both)]
    [InlineData(1, TensorPlaces.Both)]
    public void A_pipeline_that_lacks_one_of_its_waits_is_found_out(int dropped, TensorPlaces places)
    {
        var noticed = Enumerable.Range(0, 100).Count(seed => Run(new SimulatedDriverOptions { Seed = seed, DroppedWait = dropped, WaitsPerRound = WaitsOfABatch }, places) is not (0, []));

        Assert.InRange(noticed, 90, 100);
    }

    [Fact]
    public void A_batch_has_two_waits()
    {
        using var gpu = new Gpu(new SimulatedDriverOptions { DroppedWait = WaitsOfABatch, WaitsPerRound = WaitsOfABatch + 1 });
        using var share = gpu.Device.Open(new AcceleratorTerms("model"));
        using var user = new LaneUser(gpu, share, 1);
        user.Begin(1, 8);
        gpu.Simulation.Run();

        Assert.Equal(0, user.WrongCount);
        Assert.Equal(WaitsOfABatch, gpu.Simulation.WaitCount);
    }

    private static (int Wrong, IReadOnlyList<string> Failures) Run(SimulatedDriverOptions options, TensorPlaces places)
    {
        using var gpu = new Gpu(options);
        using var share = gpu.Device.Open(new AcceleratorTerms("model"));
        ILaneUser[] users = [.. Enumerable.Range(1, 4).Select(index => places switch
        {
            TensorPlaces.Host => (ILaneUser)new LaneUser(gpu, share, index),
            TensorPlaces.Device => new PeerLaneUser(gpu, share, index),
            _ => new JoinedLaneUser(gpu, share, index),
        })];
        try
        {
            Run(gpu, users, new Random(options.Seed));
        }
        catch (BackendException)
        {
            // A pipeline that lacks a wait may lose its device; the simulation has said why.
        }

        var failures = gpu.Simulation.TakeFailures();
        foreach (var user in users)
        {
            user.Dispose();
        }

        _ = gpu.Simulation.TakeFailures();
        return (users.Sum(static user => user.WrongCount), failures);
    }

    private static void Run(Gpu gpu, ILaneUser[] users, Random random)
    {
        for (var batch = 0; batch < BatchCount || users.Any(static user => user.IsBusy);)
        {
            var free = batch < BatchCount ? users.FirstOrDefault(static user => !user.IsBusy) : null;
            if (free is not null && random.Next(3) == 0)
            {
                free.Begin(batch * 1000, 1 + random.Next(64));
                batch++;
            }
            else if (!gpu.Simulation.Step() && free is null)
            {
                break;
            }
        }
    }
}
