using Camshaft.Engine.Models;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Orchestration;

public sealed class ModelNoteTests
{
    [Fact]
    public async Task What_a_backend_has_to_say_of_a_model_is_there_while_it_serves()
    {
        await using var harness = new Harness();
        Assert.Null(harness.Model.Note);
        harness.Backend.Note = "a faster form is being built";
        Assert.Equal("a faster form is being built", harness.Model.Note);
        harness.Model.BeginDraining();
        await harness.Model.UnloadAsync();

        Assert.Equal(ModelState.Unloaded, harness.Model.State);
        Assert.Null(harness.Model.Note);
    }
}
