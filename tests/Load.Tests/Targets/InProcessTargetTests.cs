using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Load.Plans;
using Camshaft.Load.Targets;
using Camshaft.Load.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Load.Tests.Targets;

/// <summary>Load on an engine in this process, with the sample backend.</summary>
public sealed class InProcessTargetTests
{
    private static readonly string Address = $"inproc://{Path.Combine(TestData.RepositoryRoot, "samples", "models")}";

    private static readonly TargetOptions Options = Loads.Options with { Engine = new EngineOptions { PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins") } };

    [Fact]
    public async Task Two_kinds_of_arrivals_run_together_on_an_engine()
    {
        var plan = Plan(new ModelLoad("sample_identity", new ClosedLoop(2)), new ModelLoad("sample_identity", new ConstantRate(100)) { Slo = TimeSpan.FromSeconds(10) });

        var report = await Loads.RunAsync(Address, plan, Options);

        Assert.All(report.Models, static model => Assert.Equal((0L, model.Requests, model.Requests), (model.Failed, model.Answered, model.Latency.Count)));
        Assert.Equal((50L, true), (report.Models[1].Requests, report.Models[1].MeetsSlo));
        Assert.True(report.Generator.IsTargetInProcess);
    }

    [Fact]
    public async Task A_model_or_repository_that_is_not_there_is_said()
    {
        var plan = Plan(new ModelLoad("nothing", new ClosedLoop(1)));

        Assert.Contains("'nothing'", (await Assert.ThrowsAsync<LoadException>(() => Loads.RunAsync(Address, plan, Options))).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", (await Assert.ThrowsAsync<LoadException>(() => Loads.RunAsync("inproc:///no/models", plan, Options))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_gives_up_requests_whose_time_is_over()
    {
        var plan = Plan(new ModelLoad("sample_identity", new ConstantRate(100)) { Timeout = TimeSpan.FromTicks(1) });

        var model = (await Loads.RunAsync(Address, plan, Options)).Models[0];

        Assert.Contains(model.Errors, static error => error.Kind == "DeadlineExceeded");
    }

    [Theory]
    [InlineData(DataType.Bool, "01010101")]
    [InlineData(DataType.UInt8, "03030303")]
    [InlineData(DataType.Int16, "03000300")]
    [InlineData(DataType.Float16, "00420042")]
    [InlineData(DataType.BFloat16, "40404040")]
    [InlineData(DataType.Float32, "00004040")]
    [InlineData(DataType.Int64, "0300000000000000")]
    [InlineData(DataType.Float64, "0000000000000840")]
    [InlineData(DataType.Bytes, "0100000033")]
    public void An_input_is_filled_with_a_number_in_its_datatype(DataType dataType, string start)
    {
        var load = new ModelLoad("m", new ClosedLoop(1)) { FillValues = new Dictionary<string, double> { ["x"] = 3 } };

        var input = Assert.Single(RequestInputs.Create(load, [new TensorSpec("x", dataType, new Shape(-1, 4))], seed: 1));

        Assert.Equal([1, 4], input.Shape);
        Assert.StartsWith(start, Convert.ToHexString(input.Data), StringComparison.Ordinal);
        Assert.Equal(dataType == DataType.Bytes ? 20 : 4 * dataType.ByteSize, input.Data.Length);
    }

    [Fact]
    public void Random_data_is_the_same_for_the_same_seed()
    {
        byte[] Create(int seed) => RequestInputs.Create(new ModelLoad("m", new ClosedLoop(1)), [new TensorSpec("x", DataType.Float32, new Shape(8))], seed)[0].Data;

        Assert.Equal(Create(1), Create(1));
        Assert.NotEqual(Create(1), Create(2));
    }

    private static LoadPlan Plan(params ModelLoad[] models) =>
        new([.. models.Select(static model => model with { Shapes = model.Name == "nothing" ? model.Shapes : new Dictionary<string, long[]> { ["INPUT0"] = [64] } })]) { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromMilliseconds(500) };
}
