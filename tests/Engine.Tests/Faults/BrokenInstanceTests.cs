using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Faults;

/// <summary>Instances of a plugin's that throw where they are freed. The engine goes on, and frees what there is beside them.</summary>
public sealed class BrokenInstanceTests
{
    [Fact]
    public async Task An_instance_that_can_neither_run_nor_be_freed_fails_its_request_alone()
    {
        var isBroken = true;
        await using var harness = new Harness(execution => isBroken ? throw new InvalidOperationException("the device is gone") : Harness.Copy(execution));
        harness.Backend.InstanceEnding = ThrowOnce(harness.Backend);
        using (var request = await harness.PrepareAsync(null, 1))
        {
            var status = await request.RunAsync();

            Assert.Equal(StatusCode.Internal, status.Code);
            Assert.Contains("the device is gone", status.Message, StringComparison.Ordinal);
        }

        isBroken = false;
        var output = await harness.RunAsync(2);
        Assert.Equal([2], output);
        Assert.Equal((ModelState.Ready, 2), (harness.Model.State, harness.Backend.InstancesMade));
    }

    [Fact]
    public async Task A_model_whose_instance_cannot_be_freed_is_unloaded_all_the_same()
    {
        await using var harness = new Harness();
        await harness.RunAsync(1);
        harness.Backend.InstanceEnding = ThrowOnce(harness.Backend);
        harness.Model.BeginDraining();

        await Assert.ThrowsAsync<AggregateException>(harness.Model.UnloadAsync);

        Assert.True(harness.Backend.IsDisposed);
        Assert.Equal(ModelState.Unloaded, harness.Model.State);

        // Whoever asks again finds nothing left to free.
        await harness.Model.UnloadAsync();
    }

    [Fact]
    public async Task What_a_failed_load_has_left_is_freed_though_an_instance_cannot_be()
    {
        await using var harness = new Harness();
        var backend = new FakeModel(Harness.Identity, Harness.Copy);
        var model = harness.AddModel(backend);
        using (var request = await harness.PrepareAsync(model, 1))
        {
            Harness.Expect(await request.RunAsync());
        }

        backend.InstanceEnding = ThrowOnce(backend);
        model.Discard();

        Assert.True(backend.IsDisposed);
    }

    private static Action ThrowOnce(FakeModel backend) => () =>
    {
        backend.InstanceEnding = null;
        throw new InvalidOperationException("the instance cannot be freed");
    };
}
