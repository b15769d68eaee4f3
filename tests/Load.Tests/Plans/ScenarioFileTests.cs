using System.Text;
using Camshaft.Load.Plans;
using Camshaft.Testing;

namespace Camshaft.Load.Tests.Plans;

public sealed class ScenarioFileTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public void A_scenario_holds_a_whole_run()
    {
        _directory.Write("a.csv", "TIMESTAMP\n0\n1\n"u8);

        var scenario = Read("""
            {
              "target": "inproc://models", "duration": "20s", "warmUp": "1s", "drain": "3s", "seed": 9,
              "models": [
                { "model": "a", "trace": "a.csv", "speed": 2, "slo": "1s" },
                { "model": "b", "concurrency": 3, "shape": { "x": [1, 64] }, "fill": { "x": 0.5 } }
              ]
            }
            """);

        Assert.Equal("inproc://models", scenario.Target);
        Assert.Equal((20.0, 1.0, 3.0, 9), (scenario.Plan.Duration.TotalSeconds, scenario.Plan.WarmUp.TotalSeconds, scenario.Plan.Drain.TotalSeconds, scenario.Plan.Seed));
        Assert.Equal(2, Assert.IsType<TraceReplay>(scenario.Plan.Models[0].Arrivals).Speed);
        Assert.Equal(new ClosedLoop(3), scenario.Plan.Models[1].Arrivals);
        Assert.Equal([1, 64], scenario.Plan.Models[1].Shapes["x"]);
        Assert.Equal(0.5, scenario.Plan.Models[1].FillValues["x"]);
    }

    [Theory]
    [InlineData("[]", "The file is Array; expected an object.")]
    [InlineData("""{"model":[]}""", "'model' is not understood; expected target, ")]
    [InlineData("""{"models":{}}""", "'models' is not understood; expected target, ")]
    [InlineData("""{"seed":"one"}""", "seed 'one' is not a whole number.")]
    [InlineData("""{"duration":30}""", "'30' is no duration")]
    [InlineData("""{"models":[{"rate":1}]}""", "A model needs a name")]
    [InlineData("""{"models":[{"model":"m","rte":1}]}""", "Model 'm': 'rte' is not known")]
    [InlineData("""{"seed":1,"seed":2}""", "Scenario '")]
    [InlineData("{", "Scenario '")]
    public void What_is_not_understood_is_said(string json, string message) =>
        Assert.Contains(message, Assert.Throws<LoadException>(() => Read(json)).Message, StringComparison.Ordinal);

    public void Dispose() => _directory.Dispose();

    private ScenarioFile Read(string json) => ScenarioFile.Read(_directory.Write("scenario.json", Encoding.UTF8.GetBytes(json)));
}
