using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Camshaft.Server.CommandLine;
using Camshaft.Server.Tests.Deployment;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;
using Json.Schema;

namespace Camshaft.Server.Tests.CommandLine;

/// <summary>The schema of <c>model.yaml</c> says what the server's own reader says.</summary>
[Collection(CommandLineCollection.Name)]
public sealed partial class ModelSchemaTests : IDisposable
{
    // Each mapping of the file with an unknown key, which the reader answers with those that it knows; and where the schema has them.
    private static readonly (string Yaml, string Place)[] Mappings =
    [
        ("zzz: 1", ""),
        ("limits: { zzz: 1 }", "/properties/limits"),
        ("memory: { zzz: 1 }", "/properties/memory"),
        ("batching: { zzz: 1 }", "/properties/batching"),
        ("slo: { zzz: 1 }", "/properties/slo"),
        ("version_policy: { zzz: 1 }", "/properties/version_policy/oneOf/1"),
        ("routing: { zzz: 1 }", "/properties/routing"),
        ("routing: { rules: [{ zzz: 1 }] }", "/$defs/rule"),
        ("routing: { rules: [{ when: { zzz: 1 } }] }", "/$defs/rule/properties/when"),
        ("routing: { rules: [{ when: { inputs: [{ zzz: 1 }] } }] }", "/$defs/ruleInput"),
        ("routing: { rules: [{ targets: [{ zzz: 1 }] }] }", "/$defs/target"),
        ("routing: { rules: [{ shadows: [{ zzz: 1 }] }] }", "/$defs/shadow"),
        ("inputs: [{ zzz: 1 }]", "/$defs/input"),
        ("outputs: [{ zzz: 1 }]", "/$defs/output"),
        ("warm_up: [{ zzz: 1 }]", "/$defs/sample"),
        ("warm_up: [{ inputs: [{ zzz: 1 }] }]", "/$defs/sampleInput"),
    ];

    private static readonly string[] SampleDirectories = ["samples", "perf/models"];

    private readonly TempDirectory _directory = new();

    public static TheoryData<string> Samples => [.. SampleDirectories
        .SelectMany(static directory => Directory.EnumerateFiles(RepositoryFile.FindPath(directory), "model.yaml", SearchOption.AllDirectories))
        .Select(static path => Path.GetRelativePath(TestData.RepositoryRoot, path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_has_the_keys_that_the_reader_has()
    {
        var schema = JsonNode.Parse(await ReadSchemaAsync())!;
        for (var i = 0; i < Mappings.Length; i++)
        {
            _directory.Write($"m{i:00}/model.yaml", System.Text.Encoding.UTF8.GetBytes(Mappings[i].Yaml));
            _directory.Write($"m{i:00}/1/model.onnx", "not looked at"u8);
        }

        var findings = (await CommandRun.OfAsync("models", "check", _directory.FullPath, "--output", "json")).Json.AsArray();

        Assert.Equal(Mappings.Length, findings.Count);
        Assert.All(Mappings.Zip(findings), pair =>
        {
            var place = pair.First.Place.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(schema, static (node, step) => node is JsonArray array ? array[int.Parse(step, null)]! : node[step]!);
            var keys = place["properties"]!.AsObject().Select(static property => property.Key).Order(StringComparer.Ordinal);
            var accepted = AcceptedKeys().Match(string.Join(' ', pair.Second!["notes"]!.AsArray())).Groups[1].Value.Split(", ").Order(StringComparer.Ordinal);
            Assert.Equal(accepted, keys);
            Assert.False((bool)place["additionalProperties"]!);
        });
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task It_takes_the_samples(string path) => Assert.True(IsValid(await ReadSchemaAsync(), RepositoryFile.Read(path)));

    [Fact]
    public async Task It_takes_the_file_of_the_documentation()
    {
        var page = RepositoryFile.Read("docs/configuration.md");
        var start = page.IndexOf("```yaml\nbackend:", StringComparison.Ordinal) + "```yaml\n".Length;

        Assert.True(IsValid(await ReadSchemaAsync(), page[start..page.IndexOf("```", start, StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("device: gpu")]
    [InlineData("file: ../model.onnx")]
    [InlineData("inputs: [{ datatype: FP32 }]")]
    [InlineData("outputs: [{ name: y, datatype: FLOAT }]")]
    [InlineData("version_policy: { latest: 1, specific: [1] }")]
    [InlineData("slo: { percentile: 99 }")]
    [InlineData("slo: { latency: 20 }")]
    [InlineData("batching: { max_batch_size: 0 }")]
    [InlineData("limits: { device_share: 2 }")]
    [InlineData("warm_up: []")]
    [InlineData("overload: wait")]
    [InlineData("priority: 256")]
    public async Task What_the_reader_refuses_it_refuses_too(string yaml)
    {
        _directory.Write("m/model.yaml", System.Text.Encoding.UTF8.GetBytes(yaml));
        _directory.Write("m/1/model.onnx", SampleModel.Read("simple"));

        Assert.Equal(CamshaftCommand.Failure, (await CommandRun.OfAsync("models", "check", _directory.FullPath)).ExitCode);
        Assert.False(IsValid(await ReadSchemaAsync(), yaml));
    }

    private static async Task<string> ReadSchemaAsync() => (await CommandRun.OfAsync("models", "schema")).Output;

    private static bool IsValid(string schema, string yaml) =>
        JsonSchema.FromText(schema).Evaluate(JsonSerializer.SerializeToElement(YamlNodes.ToJson(yaml))).IsValid;

    [GeneratedRegex("accepted are (.*?)(?:$| \\(|\\.)")]
    private static partial Regex AcceptedKeys();
}
