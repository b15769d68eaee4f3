using Camshaft.Engine.Scheduling.Policies;

namespace Camshaft.Engine.Tests.Scheduling;

public sealed class FifoPolicyTests
{
    private readonly PolicyDevice _device = new(new FifoPolicy());

    [Fact]
    public void The_oldest_head_runs_first()
    {
        foreach (var sequence in (long[])[3, 1, 2])
        {
            _device.Queue(_device.AddModel(runMilliseconds: 1), sequence: sequence);
        }

        Assert.Equal(1, _device.Decide().Queue);
    }

    [Fact]
    public void A_model_at_its_concurrency_limit_is_passed_over()
    {
        _device.Queue(_device.AddModel(runMilliseconds: 1, concurrency: 1), sequence: 1);
        _device.Queue(_device.AddModel(runMilliseconds: 1), sequence: 2);
        _device.Models[0].Running = 1;

        Assert.Equal(1, _device.Decide().Queue);
    }

    [Fact]
    public void Nothing_waiting_means_idle()
    {
        _device.AddModel(runMilliseconds: 1);

        Assert.Equal(SchedulingDecision.Idle, _device.Decide());
    }
}
