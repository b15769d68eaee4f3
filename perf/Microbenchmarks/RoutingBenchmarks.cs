using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Routing;
using Camshaft.Engine.Routing.Configuration;

namespace Camshaft.Microbenchmarks;

/// <summary>The way of one request through a hundred rules: by content type, header, tag and input, each fifth of them by all together.</summary>
[MemoryDiagnoser]
public class RoutingBenchmarks
{
    private const int RuleCount = 100;

    private static readonly RouteTarget Stable = new("stable", ModelRegistry.HighestReady);
    private static readonly RouteTarget Canary = new("canary", ModelRegistry.HighestReady);

    private RouteTable _table = null!;
    private Request _first;
    private Request _last;
    private Request _none;

    [GlobalSetup]
    public void SetUp()
    {
        _table = new RouteTable([.. Enumerable.Range(0, RuleCount).Select(CreateRule)], []);
        _first = Request.For(0);
        _last = Request.For(RuleCount - 1);
        _none = Request.For(RuleCount);
    }

    [Benchmark]
    public bool First() => _table.TryRoute(_first, out _);

    [Benchmark]
    public bool Last() => _table.TryRoute(_last, out _);

    [Benchmark]
    public bool None() => _table.TryRoute(_none, out _);

    private static RouteRule CreateRule(int place)
    {
        var value = place.ToString(CultureInfo.InvariantCulture);
        var kind = place % 5;
        var condition = new RuleCondition
        {
            ContentType = kind is 0 or 4 ? $"application/x-{value}" : null,
            Headers = kind is 1 or 4 ? new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [$"X-Header-{place % 3}"] = value } : new Dictionary<string, string>(),
            Tags = kind is 2 or 4 ? new Dictionary<string, string> { [$"tag-{place % 3}"] = value } : new Dictionary<string, string>(),
        };
        var inputs = kind is 3 or 4 ? new[] { new InputMatcher($"input-{value}", DataType.Float32, new Shape(Shape.Variable, 3, 224, 224)) } : [];
        return new RouteRule(value, "benchmark", new RuleMatcher(condition, inputs), [(Stable, 90), (Canary, 10)], [], [], seed: 1);
    }

    private readonly struct Request(string contentType, (string Name, string Value)[] headers, (string Name, string Value)[] tags, byte[] input) : IRouteRequest
    {
        public ReadOnlySpan<char> Alias => [];

        public ReadOnlySpan<char> ContentType => contentType;

        public int InputCount => 1;

        public static Request For(int place)
        {
            var value = place.ToString(CultureInfo.InvariantCulture);
            return new Request(
                $"application/x-{value}",
                [.. Enumerable.Range(0, 3).Select(header => ($"X-Header-{header}", value))],
                [.. Enumerable.Range(0, 3).Select(tag => ($"tag-{tag}", value))],
                System.Text.Encoding.UTF8.GetBytes($"input-{value}"));
        }

        public RouteInput GetInput(int index) => new() { Name = input, DataType = DataType.Float32, Shape = [8, 3, 224, 224], HasShape = true };

        public bool TryGetHeader(string name, out ReadOnlySpan<char> value)
        {
            foreach (var header in headers)
            {
                if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    value = header.Value;
                    return true;
                }
            }

            value = [];
            return false;
        }

        public bool TryGetTag(TagName wanted, scoped Span<char> value, out int length)
        {
            foreach (var tag in tags)
            {
                if (tag.Name == wanted.Name)
                {
                    tag.Value.CopyTo(value);
                    length = tag.Value.Length;
                    return true;
                }
            }

            length = 0;
            return false;
        }
    }
}
