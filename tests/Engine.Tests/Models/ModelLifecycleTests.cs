using Camshaft.Engine.Models;

namespace Camshaft.Engine.Tests.Models;

/// <summary>Which way a version may go from where it is.</summary>
public sealed class ModelLifecycleTests
{
    private readonly ModelLifecycle _life = new();

    [Fact]
    public void What_fails_with_its_device_while_it_is_loaded_neither_warms_up_nor_serves()
    {
        _life.BeginLoading();
        _life.EnterMemory();
        Assert.True(_life.TryFail("the device has failed"));

        _life.BeginWarmUp();
        Assert.False(_life.TryServe());

        Assert.Equal((ModelState.Failed, "the device has failed"), (_life.State, _life.Reason));
    }

    [Fact]
    public void What_leaves_for_others_comes_back_on_demand_and_what_is_retired_meanwhile_does_not()
    {
        Serve();
        Assert.True(_life.TryBeginEviction("no room"));
        Assert.True(_life.IsOnDemand);

        _life.BeginDraining();
        Assert.False(_life.IsOnDemand);
        _life.EndUnload();

        Assert.Equal(ModelState.Unloaded, _life.State);
    }

    [Fact]
    public void What_has_left_for_others_is_on_standby_until_it_is_retired()
    {
        Serve();
        _life.TryBeginEviction("no room");
        _life.EndUnload();
        Assert.Equal((ModelState.Standby, "no room"), (_life.State, _life.Reason));

        _life.BeginDraining();

        Assert.Equal(ModelState.Unloaded, _life.State);
    }

    [Fact]
    public void What_drains_neither_leaves_for_others_nor_fails_with_its_device()
    {
        Serve();
        _life.BeginDraining();

        Assert.False(_life.TryBeginEviction("no room"));
        Assert.False(_life.TryFail("the device has failed"));

        Assert.Equal(ModelState.Draining, _life.State);
    }

    [Fact]
    public void What_failed_comes_back_on_demand_where_a_request_had_it_loaded()
    {
        _life.BeginLoading();
        _life.Fail("no such file");
        Assert.False(_life.IsOnDemand);

        _life.RetryTimestamp = 1;

        Assert.True(_life.IsOnDemand);
    }

    private void Serve()
    {
        _life.BeginLoading();
        _life.EnterMemory();
        _life.BeginWarmUp();
        Assert.True(_life.TryServe());
    }
}
