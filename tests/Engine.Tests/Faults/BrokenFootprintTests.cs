using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Faults;

/// <summary>Backends that throw where they are asked what a model takes: by a timer every second, and while it is loaded.</summary>
public sealed class BrokenFootprintTests
{
    [Fact]
    public async Task What_was_known_last_holds_while_a_backend_cannot_say_what_it_takes()
    {
        await using var harness = new Harness();
        harness.Backend.Measuring = static () => new MemoryFootprint(100, 0);
        Assert.Equal(100, harness.Model.MeasureFootprint().HostByteSize);

        harness.Backend.Measuring = static () => throw new InvalidOperationException("no answer");
        Assert.Equal(100, harness.Model.MeasureFootprint().HostByteSize);

        harness.Backend.Measuring = static () => new MemoryFootprint(200, 0);
        Assert.Equal(200, harness.Model.MeasureFootprint().HostByteSize);
    }

    [Fact]
    public async Task A_model_whose_backend_cannot_say_what_it_takes_serves_all_the_same()
    {
        await using var harness = new Harness();
        var backend = new FakeModel(Harness.Identity, Harness.Copy) { Measuring = static () => throw new InvalidOperationException("no answer") };

        var model = harness.AddModel(backend);

        Assert.Equal((ModelState.Ready, default(MemoryFootprint)), (model.State, model.Footprint));
        model.BeginDraining();
        await model.UnloadAsync();
        Assert.True(backend.IsDisposed);
    }
}
