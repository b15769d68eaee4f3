using System.Net;
using System.Text.Json.Nodes;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

public sealed class EightModelsTests(EightModelsFixture fixture) : IClassFixture<EightModelsFixture>
{
    private const float RelativeTolerance = 1e-3f;
    private const int Rounds = 3;

    public static TheoryData<string> Names => [.. RealModel.Names];

    public static TheoryData<string> NamesWithExpectedOutput => [.. RealModel.NamesWithExpectedOutput];

    [Fact]
    public async Task The_index_has_them_all_and_all_are_ready()
    {
        var client = (await fixture.GetServerAsync()).Client;

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v2/health/ready")).Status);
        using var response = new HttpClient();
        var index = JsonNode.Parse(await (await response.PostAsync(new Uri(client.Address, "/v2/repository/index"), content: null)).Content.ReadAsStringAsync())!.AsArray();
        Assert.Equal(RealModel.Names, index.Select(static entry => (string)entry!["name"]!));
        Assert.All(index, static entry => Assert.Equal(("READY", "1"), ((string)entry!["state"]!, (string)entry["version"]!)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Metadata_is_what_the_model_file_says(string modelName)
    {
        var client = (await fixture.GetServerAsync()).Client;

        var (status, metadata) = await client.GetAsync($"/v2/models/{modelName}");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/v2/models/{modelName}/versions/1/ready")).Status);
        using var session = RealModel.Open(modelName);
        Assert.Equal("onnxruntime_onnx", (string)metadata!["platform"]!);
        Assert.Equal("1", (string)Assert.Single(metadata["versions"]!.AsArray())!);
        Assert.Equal(session.InputNames, metadata["inputs"]!.AsArray().Select(static tensor => (string)tensor!["name"]!));
        Assert.Equal(
            session.InputNames.Select(name => session.InputMetadata[name].Dimensions.Select(static length => (long)length)),
            metadata["inputs"]!.AsArray().Select(static tensor => tensor!["shape"]!.AsArray().Select(static length => (long)length!)));
        Assert.Equal(session.OutputNames, metadata["outputs"]!.AsArray().Select(static tensor => (string)tensor!["name"]!));
    }

    [Theory]
    [MemberData(nameof(NamesWithExpectedOutput))]
    public async Task First_output_is_the_expected_one(string modelName)
    {
        var client = (await fixture.GetServerAsync()).Client;
        var expected = TestData.ReadExpectedOutput(modelName);

        var answer = await client.InferAsync(modelName, RealModel.CreateInputs(modelName), binary: true);

        var actual = answer.Outputs.Values.First();
        Assert.Equal(expected.Shape, actual.Shape);
        for (var i = 0; i < expected.Values<float>().Length; i++)
        {
            Assert.Equal(expected.Values<float>()[i], actual.Values<float>()[i], RelativeTolerance * Math.Abs(expected.Values<float>()[i]));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Answers_are_those_of_a_direct_run_in_every_bit(string modelName)
    {
        var server = await fixture.GetServerAsync();
        var inputs = RealModel.CreateInputs(modelName);
        var expected = RealModel.RunDirectly(modelName, inputs);

        Assert.Equal(expected, (await server.Client.InferAsync(modelName, inputs, binary: true)).Outputs);
        Assert.Equal(expected, (await server.Client.InferAsync(modelName, inputs, binary: false)).Outputs);
        await server.AssertNothingLeasedAsync();
    }

    [Fact]
    public async Task Models_asked_at_once_answer_as_when_asked_alone()
    {
        var server = await fixture.GetServerAsync();
        var cases = RealModel.Names.Select(static name => (Name: name, Inputs: RealModel.CreateInputs(name)))
            .Select(static one => (one.Name, one.Inputs, Expected: RealModel.RunDirectly(one.Name, one.Inputs))).ToList();

        var answers = await Task.WhenAll(Enumerable.Range(0, Rounds).SelectMany(_ => cases).Select(async one =>
            (one.Expected, Actual: await server.Client.InferAsync(one.Name, one.Inputs, binary: true))));

        Assert.All(answers, static answer => Assert.Equal(answer.Expected, answer.Actual.Outputs));
        await server.AssertNothingLeasedAsync();
    }
}
