using Camshaft.LiveConsole.Tests.Support;
using Camshaft.Testing;
using Microsoft.Playwright;

namespace Camshaft.LiveConsole.Tests;

/// <summary>
/// Makes the pictures of <c>docs/console.md</c>, with real traffic on real models, into the directory that
/// <c>CAMSHAFT_SCREENSHOTS</c> names; skips itself where it names none.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class Screenshots(Browser browser)
{
    private const string Variable = "CAMSHAFT_SCREENSHOTS";
    private static readonly TimeSpan TrafficTime = TimeSpan.FromSeconds(150);

    // What is sent a second; as much as two processors do beside a browser.
    private static readonly (string Model, double Rate, string Configuration)[] Models =
    [
        ("mnist", 24, "description: Reads handwritten digits.\nslo: { latency: 100ms, percentile: 95, availability: 99 }\n"),
        ("squeezenet", 4, "description: Says what a picture shows, cheaply.\nslo: { latency: 400ms, percentile: 90, availability: 99 }\n"),
        ("shufflenet", 3, "description: Says what a picture shows.\n"),
        ("face_detector", 2, "description: Finds faces.\n"),
        ("resnet50", 0.5, "description: Says what a picture shows, well.\nslo: { latency: 2s, percentile: 90, availability: 99 }\n"),
        ("inception_v1", 0, ""),
    ];

    [Fact]
    public async Task Every_page_is_pictured_in_light_and_dark()
    {
        var directory = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(directory), $"{Variable} names no directory for pictures.");
        using var repository = new TempDirectory();
        Fill(repository);
        await using var server = await ConsoleServer.StartAsync(repository.FullPath);
        using var end = new CancellationTokenSource();
        var traffic = Models.Where(static model => model.Rate > 0).Select(model => SendAsync(server, model.Model, model.Rate, end.Token)).ToList();
        await Task.Delay(TrafficTime);

        foreach (var (name, route, height) in ((string, string, int)[])[("models", "", 900), ("model", "models/squeezenet", 1640), ("lanes", "lanes", 900), ("try", "try/mnist", 900)])
        {
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                await PictureAsync(server, route, height, scheme, Path.Combine(directory, $"console-{name}-{scheme.ToString().ToLowerInvariant()}.png"));
            }
        }

        await end.CancelAsync();
        await Task.WhenAll(traffic);
    }

    private static void Fill(TempDirectory repository)
    {
        foreach (var (model, _, configuration) in Models)
        {
            repository.Write($"{model}/1/model.onnx", File.ReadAllBytes(TestData.ModelFile(model)));
            repository.Write($"{model}/model.yaml", System.Text.Encoding.UTF8.GetBytes(configuration));
        }

        // One that cannot be served, for want of a device.
        repository.Write("digits_v2/1/model.sample", "operation: identity\n"u8);
        repository.Write("digits_v2/model.yaml", "device: cuda\n"u8);
    }

    private async Task PictureAsync(ConsoleServer server, string route, int height, ColorScheme scheme, string path)
    {
        await using var page = await browser.OpenAsync(server, route, new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = 1440, Height = height } });
        if (route.StartsWith("try", StringComparison.Ordinal))
        {
            await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Send" }).ClickAsync();
            await Assertions.Expect(page.Page.Locator(".output").First).ToBeVisibleAsync();
        }

        // A lane's last ten seconds are known from the first look on.
        await Task.Delay(TimeSpan.FromSeconds(route == "lanes" ? 13 : 3));
        await page.Page.ScreenshotAsync(new PageScreenshotOptions { Path = path });
        Assert.Empty(page.Faults);
    }

    private static async Task SendAsync(ConsoleServer server, string name, double rate, CancellationToken cancellationToken)
    {
        var model = RealModels.Find(server, name);
        var random = new Random(name.Length);
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / rate), cancellationToken);
                using var answer = await TensorRequest.SendAsync(server.Http, model);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
