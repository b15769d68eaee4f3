using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Camshaft.Testing;

namespace Camshaft.Plugins.CudaModules.Tests;

/// <summary>What <c>samples/cuda/README.md</c> tells to write down is a model that answers as the page says.</summary>
public sealed partial class TutorialTests
{
    [Fact]
    public async Task The_tutorials_model_gives_the_tutorials_answer()
    {
        var page = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "samples", "cuda", "README.md"));
        await using var gpu = new GpuEngine();
        gpu.Write("leaky_relu/1/module.ptx", GetBlock(page, "ptx", 0));
        gpu.Write("leaky_relu/1/module.yaml", GetBlock(page, "yaml", 0));
        gpu.Write("leaky_relu/model.yaml", GetBlock(page, "yaml", 1));
        await gpu.StartAsync();
        Assert.Null(gpu.Get("leaky_relu").Reason);

        var input = JsonNode.Parse(Body().Match(page).Groups["body"].Value)!["inputs"]![0]!;
        var (status, output) = await gpu.InferAsync("leaky_relu", ([.. Read<long>(input["shape"]!)], [.. Read<float>(input["data"]!)]));

        Assert.True(status.IsOk, status.Message);
        Assert.Equal(Read<float>(JsonNode.Parse(GetBlock(page, "json", 0))!["outputs"]![0]!["data"]!), output);
        Assert.Equal(0, gpu.Get("leaky_relu").Signature!.Inputs[0].BatchAxis);
    }

    private static IEnumerable<T> Read<T>(JsonNode array) => array.AsArray().Select(static value => value!.GetValue<T>());

    private static string GetBlock(string page, string language, int index) => Block().Matches(page).Where(match => match.Groups["language"].Value == language).ElementAt(index).Groups["text"].Value;

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"-d '(?<body>[^']*)'")]
    private static partial Regex Body();
}
