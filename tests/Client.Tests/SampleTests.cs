using Camshaft.Client.Tests.Support;
using Camshaft.Samples.Client;

namespace Camshaft.Client.Tests;

/// <summary>The sample program against the real server.</summary>
[Collection(ServerCollection.Name)]
public sealed class SampleTests(ServerFixture server)
{
    [Fact]
    public async Task The_sample_gets_its_answers_and_its_error()
    {
        await using var output = new StringWriter();

        await SampleCalls.RunAsync(server.UnixAddress, output);

        string[] expected =
        [
            "simple: INPUT0 [-1,16], INPUT1 [-1,16]",
            $"sums: {string.Join(", ", Enumerable.Range(15, 20))}",
            "texts: one, zwölf",
            "floats: [2,2] 1, 2.5, -3, 0",
            "InvalidArgument: Model 'identity_fp32' version 1: input 'INPUT0' has shape [2]; expected [-1,-1].",
        ];
        Assert.Equal(expected, output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }
}
