namespace Camshaft.Engine.Routing;

/// <summary>Puts rules in the order in which they are asked, and refuses those that no order is right for or that no request would come to.</summary>
internal static class RuleOrder
{
    /// <summary>Orders them.</summary>
    /// <param name="ofFile">The rules of the file that comes first, in its order.</param>
    /// <param name="ofModels">The rules of the models' files; the narrower ones come first.</param>
    /// <exception cref="RoutingException">Two rules of models are equally narrow and want the same requests, or a rule takes all that a later one wants.</exception>
    public static List<RouteRule> Arrange(IReadOnlyList<RouteRule> ofFile, IReadOnlyList<RouteRule> ofModels)
    {
        List<RouteRule> ordered = [.. ofFile, .. ofModels.OrderByDescending(static rule => rule.Matcher.Specificity)];
        for (var i = 0; i < ordered.Count; i++)
        {
            for (var j = i + 1; j < ordered.Count; j++)
            {
                Check(ordered[i], ordered[j], isOrderStated: i < ofFile.Count);
            }
        }

        return ordered;
    }

    private static void Check(RouteRule first, RouteRule second, bool isOrderStated)
    {
        if (!isOrderStated && first.Matcher.Specificity == second.Matcher.Specificity && first.Matcher.Overlaps(second.Matcher))
        {
            throw new RoutingException($"The {first} and the {second} are equally narrow and can want the same request; give one of them a condition more, or state both in camshaft.json, where the order counts.");
        }

        if (first.Matcher.Covers(second.Matcher))
        {
            throw new RoutingException($"The {second} can never take a request: the {first}, which comes before it, takes all that it would.");
        }
    }
}
