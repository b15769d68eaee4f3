using System.Net;
using Camshaft.Backends;
using Camshaft.Transport.Hosting.Access;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Hosting.Tests;

public sealed class AccessControlTests
{
    private const string OperatorKey = "operator-key-0123456789";
    private const string ClientKey = "client-key-0123456789";

    private static readonly AccessOptions WithKeys = new()
    {
        Keys =
        [
            new ApiKey { Name = "operator", Sha256 = ApiKey.Hash(OperatorKey), Rights = AccessRights.Observe | AccessRights.Manage },
            new ApiKey { Name = "client", Sha256 = ApiKey.Hash(ClientKey), Rights = AccessRights.Infer },
        ],
    };

    [Theory]
    [InlineData("127.0.0.1", AccessRights.Manage, StatusCode.Ok)]
    [InlineData("::1", AccessRights.Manage, StatusCode.Ok)]
    [InlineData(null, AccessRights.Manage, StatusCode.Ok)]
    [InlineData("10.0.0.7", AccessRights.Manage, StatusCode.PermissionDenied)]
    [InlineData("10.0.0.7", AccessRights.Infer, StatusCode.Ok)]
    [InlineData("10.0.0.7", AccessRights.Observe, StatusCode.Ok)]
    public void Without_keys_this_machine_manages_and_others_infer_and_observe(string? address, AccessRights right, StatusCode expected) =>
        Assert.Equal(expected, Decide(new AccessOptions(), right, address).Code);

    [Theory]
    [InlineData(ClientKey, AccessRights.Infer, StatusCode.Ok)]
    [InlineData(ClientKey, AccessRights.Observe, StatusCode.PermissionDenied)]
    [InlineData(ClientKey, AccessRights.Manage, StatusCode.PermissionDenied)]
    [InlineData(OperatorKey, AccessRights.Manage, StatusCode.Ok)]
    [InlineData(OperatorKey, AccessRights.Infer, StatusCode.PermissionDenied)]
    [InlineData("client-key-012345678", AccessRights.Infer, StatusCode.Unauthenticated)]
    [InlineData("client-key-01234567890", AccessRights.Infer, StatusCode.Unauthenticated)]
    [InlineData("", AccessRights.Infer, StatusCode.Unauthenticated)]
    [InlineData(null, AccessRights.Infer, StatusCode.Unauthenticated)]
    public void A_key_gives_its_own_rights_and_no_others(string? key, AccessRights right, StatusCode expected)
    {
        Assert.Equal(expected, Decide(WithKeys, right, "127.0.0.1", key is null ? [] : [("Authorization", $"Bearer {key}")]).Code);
        Assert.Equal(expected, Decide(WithKeys, right, "10.0.0.7", key is null ? [] : [("X-Api-Key", key)]).Code);
    }

    [Fact]
    public void A_key_of_any_length_and_character_is_only_unknown()
    {
        Assert.Equal(StatusCode.Unauthenticated, Decide(WithKeys, AccessRights.Infer, "10.0.0.7", ("X-Api-Key", new string('x', 100_000))).Code);
        Assert.Equal(StatusCode.Unauthenticated, Decide(WithKeys, AccessRights.Infer, "10.0.0.7", ("X-Api-Key", "\ud800\ud800")).Code);
    }

    [Fact]
    public void A_wrong_key_is_refused_even_where_none_is_needed() => Assert.Equal(
        StatusCode.Unauthenticated,
        Decide(WithKeys with { AnonymousRights = AccessRights.Infer }, AccessRights.Infer, "10.0.0.7", ("X-Api-Key", "wrong")).Code);

    [Fact]
    public void Stated_rights_of_callers_without_a_key_hold_for_this_machine_too()
    {
        var options = new AccessOptions { AnonymousRights = AccessRights.Infer };

        Assert.Equal(StatusCode.Ok, Decide(options, AccessRights.Infer, "127.0.0.1").Code);
        Assert.Equal(StatusCode.PermissionDenied, Decide(options, AccessRights.Manage, "127.0.0.1").Code);
    }

    [Fact]
    public void Messages_name_the_key_and_the_right_but_never_the_key_itself()
    {
        var refusal = Decide(WithKeys, AccessRights.Manage, "10.0.0.7", ("X-Api-Key", ClientKey));

        Assert.Equal("The API key 'client' has not the right 'manage'.", refusal.Message);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", StatusCode.PermissionDenied)]
    [InlineData("Origin", "null", StatusCode.PermissionDenied)]
    [InlineData("Origin", "http://localhost:8000", StatusCode.Ok)]
    [InlineData("Origin", "http://localhost:9000", StatusCode.PermissionDenied)]
    [InlineData("Sec-Fetch-Site", "cross-site", StatusCode.PermissionDenied)]
    [InlineData("Sec-Fetch-Site", "same-origin", StatusCode.Ok)]
    public void Web_pages_of_other_origins_do_not_manage(string header, string value, StatusCode expected)
    {
        Assert.Equal(expected, Decide(new AccessOptions(), AccessRights.Manage, "127.0.0.1", (header, value)).Code);
        Assert.Equal(expected, Decide(WithKeys, AccessRights.Manage, "127.0.0.1", (header, value), ("X-Api-Key", OperatorKey)).Code);
    }

    [Fact]
    public void A_caller_without_a_key_is_asked_for_one()
    {
        using var access = new AccessControl(WithKeys);
        var context = Context("10.0.0.7");
        using var admission = access.Admit(context, AccessRights.Infer);

        Assert.Equal("Bearer", context.Response.Headers.WWWAuthenticate);
    }

    [Fact]
    public void A_key_makes_no_more_requests_at_once_than_its_burst_and_learns_when_to_come_back()
    {
        var key = new ApiKey { Name = "k", Sha256 = ApiKey.Hash(ClientKey), Rights = AccessRights.Infer, RequestsPerSecond = 1, Burst = 3 };
        using var access = new AccessControl(new AccessOptions { Keys = [key] });
        var statuses = Enumerable.Range(0, 4).Select(_ => AdmitOnce(access)).ToList();

        Assert.Equal([StatusCode.Ok, StatusCode.Ok, StatusCode.Ok, StatusCode.ResourceExhausted], statuses.Select(static status => status.Code));
        Assert.InRange(statuses[3].RetryAfter!.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_key_has_no_more_requests_in_flight_than_it_may_and_a_place_comes_free()
    {
        var key = new ApiKey { Name = "k", Sha256 = ApiKey.Hash(ClientKey), Rights = AccessRights.Infer, ConcurrentRequests = 1 };
        using var access = new AccessControl(new AccessOptions { Keys = [key] });
        using (var first = access.Admit(Context("10.0.0.7", ("X-Api-Key", ClientKey)), AccessRights.Infer))
        {
            Assert.True(first.Status.IsOk);
            Assert.Equal("The API key 'k' has as many requests in flight as it may.", AdmitOnce(access).Message);
        }

        Assert.True(AdmitOnce(access).IsOk);
    }

    [Fact]
    public void A_client_address_has_no_more_requests_in_flight_than_it_may()
    {
        using var access = new AccessControl(new AccessOptions { RequestsPerClient = 1 });
        using var first = access.Admit(Context("10.0.0.7"), AccessRights.Infer);
        using var second = access.Admit(Context("10.0.0.7"), AccessRights.Infer);
        using var other = access.Admit(Context("10.0.0.8"), AccessRights.Infer);

        Assert.True(first.Status.IsOk);
        Assert.Equal((StatusCode.ResourceExhausted, "The client address 10.0.0.7 has 1 requests in flight, as many as it may."), (second.Status.Code, second.Status.Message));
        Assert.True(other.Status.IsOk);
    }

    [Fact]
    public void Two_keys_with_one_name_are_refused()
    {
        var key = new ApiKey { Name = "k", Sha256 = ApiKey.Hash(ClientKey), Rights = AccessRights.Infer };

        Assert.Throws<ArgumentException>(() => new AccessControl(new AccessOptions { Keys = [key, key] }));
    }

    private static InferenceStatus AdmitOnce(AccessControl access)
    {
        using var admission = access.Admit(Context("10.0.0.7", ("X-Api-Key", ClientKey)), AccessRights.Infer);
        return admission.Status;
    }

    private static InferenceStatus Decide(AccessOptions options, AccessRights right, string? address, params (string Name, string Value)[] headers)
    {
        using var access = new AccessControl(options);
        using var admission = access.Admit(Context(address, headers), right);
        return admission.Status;
    }

    private static DefaultHttpContext Context(string? address, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        context.Request.Host = new HostString("localhost", 8000);
        foreach (var (name, value) in headers)
        {
            context.Request.Headers[name] = value;
        }

        return context;
    }
}
