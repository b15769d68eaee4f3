using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Camshaft.Server.Configuration;
using Camshaft.Server.Startup;
using Camshaft.Server.Tests.CommandLine;
using Camshaft.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using YamlDotNet.RepresentationModel;

namespace Camshaft.Server.Tests.Deployment;

/// <summary>The deployment files fit the server: their inputs exist, and what they expect of it holds.</summary>
[Collection(CommandLineCollection.Name)]
public sealed partial class DeploymentTests
{
    [Fact]
    public void What_the_image_is_made_from_exists_and_reaches_the_builder()
    {
        var paths = CopyInstruction().Matches(RepositoryFile.Read("Dockerfile")).SelectMany(static copy => copy.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var allowed = RepositoryFile.Read(".dockerignore").Split('\n');

        Assert.Contains("src", paths);
        Assert.All(paths, static path => Assert.True(Path.Exists(RepositoryFile.FindPath(path)), $"{path} does not exist."));
        Assert.All(paths, path => Assert.Contains("!" + path, allowed));
    }

    [Fact]
    public void The_configuration_of_the_systemd_unit_is_one()
    {
        var options = ServerConfiguration.Load(RepositoryFile.FindPath(), RepositoryFile.FindPath("deploy", "systemd", "camshaft.json"), []);

        Assert.Equal("localhost", options.Host);
    }

    [Fact]
    public async Task Kubernetes_waits_for_the_stop_to_its_end()
    {
        var deployment = ReadYaml("deploy/kubernetes.yaml");
        var seconds = int.Parse(deployment.AllNodes.OfType<YamlMappingNode>().Select(static node => Find(node, "terminationGracePeriodSeconds")).OfType<string>().Single(), CultureInfo.InvariantCulture);

        Assert.True(TimeSpan.FromSeconds(seconds) > await FindStopTimeAsync(ReadEnvironment(deployment)));
    }

    [Theory]
    [InlineData("deploy/compose.yaml", @"stop_grace_period: (\d+)s")]
    [InlineData("deploy/systemd/camshaft.service", @"(?m)^TimeoutStopSec=(\d+)$")]
    [InlineData("docs/operation.md", @"With the defaults (\d+) s do\.")]
    public async Task Who_stops_a_server_with_the_default_times_waits_to_the_end(string file, string pattern)
    {
        var seconds = int.Parse(Regex.Match(RepositoryFile.Read(file), pattern).Groups[1].Value, CultureInfo.InvariantCulture);

        Assert.True(TimeSpan.FromSeconds(seconds) > await FindStopTimeAsync([]));
    }

    [Fact]
    public async Task The_probes_of_Kubernetes_are_answered()
    {
        var probes = ReadYaml("deploy/kubernetes.yaml").AllNodes.OfType<YamlMappingNode>().Select(static node => Find(node, "path")).OfType<string>().Distinct().ToList();
        await using var server = await TestServer.StartAsync(SampleModel.Repository);

        Assert.NotEmpty(probes);
        foreach (var path in probes)
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync(path)).Status);
        }
    }

    private static YamlDocument ReadYaml(string file)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(RepositoryFile.Read(file));
        stream.Load(reader);
        return stream.Documents[0];
    }

    private static string? Find(YamlMappingNode node, string name) =>
        node.Children.TryGetValue(new YamlScalarNode(name), out var value) && value is YamlScalarNode scalar ? scalar.Value : null;

    /// <summary>The settings that the variables of a deployment make; those from a Secret hold a key.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> ReadEnvironment(YamlDocument deployment) => deployment.AllNodes.OfType<YamlMappingNode>()
        .Where(static node => Find(node, "name")?.StartsWith(ServerConfiguration.EnvironmentPrefix, StringComparison.Ordinal) == true)
        .Select(static node => KeyValuePair.Create<string, string?>(
            Find(node, "name")![ServerConfiguration.EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal),
            Find(node, "value") ?? "0123456789abcdef"));

    private static async Task<TimeSpan> FindStopTimeAsync(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        await using var application = ServerHost.Build(ServerConfiguration.Load(SampleModel.Repository, filePath: null, settings));
        return application.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
    }

    // Those that copy from the repository, not from another stage; the last path is where to.
    [GeneratedRegex(@"(?m)^COPY ((?:(?!--)\S+ )+)\S+$")]
    private static partial Regex CopyInstruction();
}
