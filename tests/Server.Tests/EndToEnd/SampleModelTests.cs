using System.Globalization;
using Camshaft.Backends;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

public sealed class SampleModelTests
{
    public static TheoryData<string, TestTensor> Identities => new()
    {
        { "identity_fp32", TestTensor.Ramp(2, 3) },
        { "simple_identity", TestTensor.OfStrings([1, 3], "", "a", "ü") },
        { "sample_identity", TestTensor.Of<byte>(DataType.UInt8, [4], 0, 1, 254, 255) },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Simple_answers_sum_and_difference(bool binary)
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository);

        Assert.Equal(SampleModel.SimpleOutputs, (await server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary)).Outputs);
    }

    [Fact]
    public async Task Simple_string_answers_sum_and_difference_as_text()
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository);
        var inputs = SampleModel.SimpleInputs.ToDictionary(static input => input.Key, static input => Text(input.Value));

        var outputs = (await server.Client.InferAsync("simple_string", inputs, binary: false)).Outputs;

        Assert.Equal(SampleModel.SimpleOutputs.ToDictionary(static output => output.Key, static output => Text(output.Value)), outputs);
    }

    [Theory]
    [MemberData(nameof(Identities))]
    public async Task Identities_answer_what_they_are_given(string modelName, TestTensor tensor)
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository);
        var (_, metadata) = await server.Client.GetAsync($"/v2/models/{modelName}");
        var inputs = new Dictionary<string, TestTensor> { [(string)metadata!["inputs"]![0]!["name"]!] = tensor };

        Assert.Equal(tensor, Assert.Single((await server.Client.InferAsync(modelName, inputs, binary: true)).Outputs).Value);
        Assert.Equal(tensor, Assert.Single((await server.Client.InferAsync(modelName, inputs, binary: false)).Outputs).Value);
    }

    private static TestTensor Text(TestTensor numbers) =>
        TestTensor.OfStrings(numbers.Shape.Dimensions, [.. numbers.Values<int>().ToArray().Select(static value => value.ToString(CultureInfo.InvariantCulture))]);
}
